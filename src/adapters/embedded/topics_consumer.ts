/** One consumer over a file of topics: keeps its share of the partitions, and reads each of them side by side. */
import type { ConsumeOptions, MessageBatch } from "../../ports/topic.ts";
import type { Claim, Share } from "./topics_groups.ts";
import type { TopicsFile } from "./topics_file.ts";

const BATCH_COUNT = 1000;
/** What was finished is kept at the latest after so long: one wait for the disk, however many batches. */
const KEEP_WITHIN_MS = 25;
/** A member says so many times in its session that it is alive. */
const BEATS = 4;

type Handle = (batch: MessageBatch) => Promise<void>;

/** What reads a partition under a claim. */
interface Reader {
  readonly claim: Claim;
  /** Aborted: no other batch is begun. */
  readonly ending: AbortController;
  /** Whether others may have the partition already: what the running batch does is not kept. */
  isLost: boolean;
  /** Offset after what is finished and not kept yet. */
  finished: number | undefined;
  done: Promise<void>;
}

export interface TopicsConsumerOptions extends ConsumeOptions {
  /** Unique. */
  readonly member: string;
  /** How long a consumer that is dead is waited for. */
  readonly sessionMs: number;
}

export class TopicsConsumer {
  readonly #file: TopicsFile;
  readonly #options: TopicsConsumerOptions;
  readonly #handle: Handle;
  readonly #stopping = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #readers = new Map<number, Reader>();
  #failure: { readonly error: unknown } | undefined;
  #assigned = "";
  #keeping: Promise<void> | undefined;
  /** Until then nobody else can have what this consumer holds. */
  #holdsUntilMs = 0;
  #beaten = Promise.withResolvers<void>();

  constructor(file: TopicsFile, options: TopicsConsumerOptions, handle: Handle) {
    this.#file = file;
    this.#options = options;
    this.#handle = handle;
  }

  /** Until the signal, or until a handler throws: the running batches are finished in either case. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#stopping.abort();
    this.#stopping.signal.addEventListener("abort", () => this.#ended.resolve(), { once: true });
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      while (!this.#stopping.signal.aborted) await this.#turn();
    } catch (error) {
      this.#fail(error);
    }
    signal.removeEventListener("abort", stop);
    await this.#leave();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** One beat, and the wait until the next is due or the group has changed. */
  async #turn(): Promise<void> {
    const { group, sessionMs } = this.#options;
    const startMs = this.#file.monotonicMs(), share = await this.#file.beat(this.#options);
    if (!this.#stopping.signal.aborted) this.#adopt(share);
    this.#holdsUntilMs = startMs + sessionMs;
    this.#beaten.resolve();
    this.#beaten = Promise.withResolvers<void>();
    await this.#file.waitUntil(
      () => this.#file.epoch(group) !== share.epoch,
      sessionMs / BEATS,
      this.#stopping.signal,
    );
  }

  #adopt({ kept, due }: Share): void {
    const keptClaims = new Set(kept.map(({ claim }) => claim));
    const heldClaims = new Set([...kept, ...due].map(({ claim }) => claim));
    for (const reader of this.#readers.values()) {
      const { claim } = reader.claim;
      if (!keptClaims.has(claim)) reader.ending.abort();
      reader.isLost = !heldClaims.has(claim);
    }
    for (const one of kept) {
      // Who got a partition back under another claim waits until the reader of the old one is over.
      if (!this.#readers.has(one.id)) this.#start(one);
    }
    for (const one of due) if (!this.#readers.has(one.id)) this.#release(one);
    this.#tellAssigned(kept);
  }

  #tellAssigned(claims: readonly Claim[]): void {
    const names = claims.map(({ topic, partition }) => ({ topic, partition }));
    const text = JSON.stringify(names);
    if (text === this.#assigned) return;
    this.#assigned = text;
    this.#options.onAssigned?.(names);
  }

  #start(claim: Claim): void {
    const ending = new AbortController();
    const stop = () => ending.abort();
    this.#stopping.signal.addEventListener("abort", stop, { once: true });
    const reader: Reader = { claim, ending, isLost: false, finished: undefined, done: Promise.resolve() };
    reader.done = this.#read(reader)
      .catch((error) => this.#fail(error))
      .then(() => this.#keep())
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#stopping.signal.removeEventListener("abort", stop);
        this.#readers.delete(claim.id);
        // What is left is given back together (`leave`).
        if (!this.#stopping.signal.aborted) this.#release(claim);
      });
    this.#readers.set(claim.id, reader);
  }

  #release(claim: Claim): void {
    this.#file.release(this.#options.group, claim).catch((error) => this.#fail(error));
  }

  async #read(reader: Reader): Promise<void> {
    const { claim, ending: { signal: ending } } = reader;
    const isStale = () => reader.isLost || this.#stopping.signal.aborted;
    const { batchCount = BATCH_COUNT } = this.#options;
    let position = await this.#startOf(claim);
    while (!ending.aborted) {
      if (this.#file.monotonicMs() >= this.#holdsUntilMs) {
        // Asleep for too long: another may read this by now.
        await Promise.race([this.#beaten.promise, this.#ended.promise]);
        continue;
      }
      const { messages, endOffset } = this.#file.read(claim.id, position, batchCount);
      if (messages.length === 0) {
        await this.#file.waitUntil(() => this.#file.endOffset(claim.id) > endOffset, Infinity, ending);
        continue;
      }
      const { topic, partition } = claim;
      await this.#handle({ topic, partition, messages, endOffset, isStale });
      position = messages.at(-1)!.offset + 1;
      reader.finished = position;
      this.#keepSoon();
    }
  }

  #keepSoon(): void {
    if (this.#keeping !== undefined) return;
    this.#keeping = this.#file.pause(KEEP_WITHIN_MS, this.#stopping.signal)
      .then(() => this.#keep())
      .catch((error) => this.#fail(error));
  }

  /** All that is finished. Who has lost a partition learns it here too. */
  async #keep(): Promise<void> {
    this.#keeping = undefined;
    const readers = [...this.#readers.values()].filter(({ finished }) => finished !== undefined);
    if (readers.length === 0) return;
    const places = readers.map(({ claim, finished }) => ({ claim, nextOffset: finished! }));
    for (const reader of readers) reader.finished = undefined;
    const areKept = await this.#file.commit(this.#options.group, places);
    for (const [i, reader] of readers.entries()) {
      if (areKept[i]) continue;
      reader.isLost = true;
      reader.ending.abort();
    }
  }

  async #startOf(claim: Claim): Promise<number> {
    const { group, from, startAt } = this.#options;
    const asked = await startAt?.(claim.topic, claim.partition) ?? this.#file.groupOffset(group, claim.id);
    if (asked !== undefined) return asked;
    if (from === "beginning") return 0;
    // Kept at once: what comes from now on is not missed when the partition moves before anything was finished.
    const end = this.#file.endOffset(claim.id);
    await this.#file.commit(group, [{ claim, nextOffset: end }]);
    return end;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stopping.abort();
  }

  async #leave(): Promise<void> {
    await Promise.all(Array.from(this.#readers.values(), ({ done }) => done));
    await this.#keeping;
    try {
      await this.#file.leave(this.#options.group, this.#options.member);
    } catch (error) {
      this.#fail(error);
    }
  }
}
