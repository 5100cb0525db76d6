/** Group commit: what arrives while a transaction runs is written together in the next one. */
import type { Append, Appended } from "./log_backend.ts";

interface Waiting {
  readonly append: Append;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** Rows in one transaction, about: the lock is not held for longer than they take. */
const GROUP_ROWS = 131_072;

export class AppendQueue {
  readonly #commit: (appends: readonly Append[]) => Promise<Appended[]>;
  readonly #maxRunning: number;
  #waiting: Waiting[] = [];
  #running = 0;
  #idle: (() => void)[] = [];

  /** `maxRunning`: how many groups may be under way at once; they are committed in order. */
  constructor(commit: (appends: readonly Append[]) => Promise<Appended[]>, maxRunning: number) {
    this.#commit = commit;
    this.#maxRunning = maxRunning;
  }

  add(append: Append): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ append, resolve, reject });
      // Not at once: what is appended in the same turn belongs to the same group.
      if (this.#waiting.length === 1) queueMicrotask(() => this.#start());
    });
  }

  /** Resolves when nothing is under way or waiting. */
  async drain(): Promise<void> {
    while (this.#running > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  #start(): void {
    while (this.#running < this.#maxRunning && this.#waiting.length > 0) void this.#run(this.#takeGroup());
  }

  #takeGroup(): Waiting[] {
    let count = 0;
    for (let rows = 0; count < this.#waiting.length && rows < GROUP_ROWS; count++) {
      rows += rowsOf(this.#waiting[count].append);
    }
    const group = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    return group;
  }

  async #run(group: readonly Waiting[]): Promise<void> {
    this.#running++;
    try {
      const appended = await this.#commit(group.map(({ append }) => append));
      group.forEach(({ resolve }, i) => resolve(appended[i]));
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.#running--;
      this.#start();
      if (this.#running === 0) this.#idle.splice(0).forEach((resolve) => resolve());
    }
  }
}

function rowsOf(append: Append): number {
  if (append.kind === "events") return append.events.length;
  return append.kind === "columns" ? append.columns.count : 1;
}
