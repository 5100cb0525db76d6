/** Updates in the embedded store: a table with a sequence, which other processes look at from time to time. */
import type { ModelUpdate, RowBatch } from "../../domain/model_update.ts";
import { type Clock, CUT_SHORT } from "../../ports/clock.ts";
import type { Fence } from "../../ports/lease.ts";
import type { SequencedUpdate, UpdateFeed } from "../../ports/update_feed.ts";
import { bytesOf, floatsOf, wordsOf } from "./blobs.ts";
import type { Database } from "./database.ts";
import { checkFence } from "./lease.ts";

export interface EmbeddedUpdateFeedOptions {
  /** How often to look for what other processes publish; what this one publishes is seen at once. */
  readonly pollMs?: number | (() => number);
}

const POLL_MS = 50;
const BATCH_COUNT = 64;

export class EmbeddedUpdateFeed implements UpdateFeed {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #pollMs: number | (() => number);
  readonly #sleeping = new Set<AbortController>();

  constructor(database: Database, clock: Clock, options: EmbeddedUpdateFeedOptions = {}) {
    this.#database = database;
    this.#clock = clock;
    this.#pollMs = options.pollMs ?? POLL_MS;
  }

  async publish(given: ModelUpdate | RowBatch, fence?: Fence): Promise<number> {
    const records = ("kind" in given ? [given] : given).map(packed);
    const what = "publish a model update";
    const sequence = await this.#database.write(what, () => {
      checkFence(this.#database, what, fence);
      const insert = this.#database.sql("INSERT INTO updates (header, indexes, rows) VALUES (?, ?, ?)");
      return records.reduce((_, record) => Number(insert.run(...record).lastInsertRowid), 0);
    });
    for (const sleeper of this.#sleeping) sleeper.abort(CUT_SHORT);
    return sequence;
  }

  async latest(): Promise<number> {
    return this.#database.read("read the newest model update", () => {
      return this.#database.sql("SELECT seq FROM sqlite_sequence WHERE name = 'updates'").get()
        ?.seq as number ?? 0;
    });
  }

  async *follow(sequence: number, signal: AbortSignal): AsyncGenerator<SequencedUpdate> {
    let after = sequence;
    while (!signal.aborted) {
      const updates = this.#after(after);
      if (updates.length === 0) await this.#pause(signal);
      for (const update of updates) {
        if (signal.aborted) return;
        after = update.sequence;
        yield update;
      }
    }
  }

  async trim(sequence: number, fence?: Fence): Promise<void> {
    const what = "forget old model updates";
    await this.#database.write(what, () => {
      checkFence(this.#database, what, fence);
      this.#database.sql("DELETE FROM updates WHERE sequence <= ?").run(sequence);
    });
  }

  #after(sequence: number): SequencedUpdate[] {
    return this.#database.read(
      "read model updates",
      () =>
        this.#database.sql("SELECT * FROM updates WHERE sequence > ? ORDER BY sequence LIMIT ?")
          .all(sequence, BATCH_COUNT)
          .map((row) => ({
            sequence: row.sequence as number,
            update: unpacked(
              row.header as string,
              row.indexes as Uint8Array | null,
              row.rows as Uint8Array | null,
            ),
          })),
    );
  }

  /** Until the next look, a publication of this process, or the end. */
  async #pause(signal: AbortSignal): Promise<void> {
    const sleeper = new AbortController();
    const wake = () => sleeper.abort(CUT_SHORT);
    this.#sleeping.add(sleeper);
    signal.addEventListener("abort", wake, { once: true });
    const ms = typeof this.#pollMs === "number" ? this.#pollMs : this.#pollMs();
    await this.#clock.sleep(ms, sleeper.signal);
    signal.removeEventListener("abort", wake);
    this.#sleeping.delete(sleeper);
  }
}

function packed(update: ModelUpdate): [header: string, indexes: Uint8Array | null, rows: Uint8Array | null] {
  if (update.kind !== "rowsChanged") return [JSON.stringify(update), null, null];
  const { indexes, rows, ...header } = update;
  // Copies: the publisher may use its arrays again while the lock is waited for.
  return [JSON.stringify(header), bytesOf(indexes.slice()), bytesOf(rows.slice())];
}

function unpacked(header: string, indexes: Uint8Array | null, rows: Uint8Array | null): ModelUpdate {
  const update = JSON.parse(header);
  return indexes === null || rows === null
    ? update
    : { ...update, indexes: wordsOf(indexes), rows: floatsOf(rows) };
}
