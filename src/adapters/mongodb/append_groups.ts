/** Appends in the order in which they are asked for; those that wait together are written together. */
import type { NewEvent } from "../../domain/event.ts";
import type { AppendResult } from "../../ports/event_log.ts";

/** What is written at once: as many events as an import hands over, and far less than a document may have. */
const MOST_COUNT = 32_768, MOST_BYTES = 10_000_000;
/** What an event takes besides its texts. */
const EVENT_BYTES = 80;

/** `hasBodies`: whether the event at that place is compared with the one that has its id. */
export type WriteGroup = (
  events: readonly NewEvent[],
  hasBodies: (place: number) => boolean,
) => Promise<readonly AppendResult[]>;

interface Waiting {
  readonly events: readonly NewEvent[];
  readonly sizeBytes: number;
  readonly hasBodies: boolean;
  readonly resolve: (results: readonly AppendResult[]) => void;
  readonly reject: (error: unknown) => void;
}

type Task = Waiting | { readonly run: () => Promise<void> };

export class AppendGroups {
  readonly #write: WriteGroup;
  #tasks: Task[] = [];
  #running: Promise<void> | undefined;

  constructor(write: WriteGroup) {
    this.#write = write;
  }

  async append(events: readonly NewEvent[], hasBodies: boolean): Promise<AppendResult[]> {
    // A copy: it may wait, and the caller may use its objects again.
    const pieces = [...piecesOf(events.map((event) => ({ ...event })))];
    const written = pieces.map(([piece, sizeBytes]) =>
      new Promise<readonly AppendResult[]>((resolve, reject) => {
        this.#tasks.push({ events: piece, sizeBytes, hasBodies, resolve, reject });
      })
    );
    this.#start();
    return (await Promise.all(written)).flat();
  }

  /** Runs `body` while nothing is appended. */
  alone<Result>(body: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#tasks.push({ run: () => body().then(resolve, reject) });
      this.#start();
    });
  }

  /** Until all that was asked for is done. */
  async settle(): Promise<void> {
    await this.#running;
  }

  #start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // What is asked for in the same turn is written together.
    await Promise.resolve();
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      if ("run" in task) await task.run();
      else await this.#writeGroup([task, ...this.#takeMore(task)]);
    }
    // With no await since the last look: whoever comes now starts anew.
    this.#running = undefined;
  }

  #takeMore(first: Waiting): Waiting[] {
    let count = first.events.length, sizeBytes = first.sizeBytes, end = 0;
    for (; end < this.#tasks.length; end++) {
      const next = this.#tasks[end];
      if ("run" in next) break;
      count += next.events.length, sizeBytes += next.sizeBytes;
      if (count > MOST_COUNT || sizeBytes > MOST_BYTES) break;
    }
    return this.#tasks.splice(0, end) as Waiting[];
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    const events = group.flatMap((waiting) => waiting.events);
    const hasBodies = group.flatMap((waiting) => waiting.events.map(() => waiting.hasBodies));
    try {
      const results = await this.#write(events, (place) => hasBodies[place]);
      let start = 0;
      for (const waiting of group) waiting.resolve(results.slice(start, start += waiting.events.length));
    } catch (error) {
      for (const waiting of group) waiting.reject(error);
    }
  }
}

/** Pieces that fit into a document, with their size. */
function* piecesOf(events: readonly NewEvent[]): Generator<[NewEvent[], number]> {
  let piece: NewEvent[] = [], sizeBytes = 0;
  for (const event of events) {
    const eventBytes = bytesOf(event);
    if (piece.length === MOST_COUNT || (piece.length > 0 && sizeBytes + eventBytes > MOST_BYTES)) {
      yield [piece, sizeBytes];
      piece = [], sizeBytes = 0;
    }
    piece.push(event);
    sizeBytes += eventBytes;
  }
  if (piece.length > 0) yield [piece, sizeBytes];
}

/** At most; three bytes for a UTF-16 code unit. An imported row's id is kept as 16 bytes. */
function bytesOf({ eventId, userId, itemId, type = "" }: NewEvent): number {
  return EVENT_BYTES + 3 * (eventId.length + userId.length + itemId.length + type.length);
}
