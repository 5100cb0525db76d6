/** Checkpoints in the embedded store. */
import { createHash } from "node:crypto";
import { joinBytes } from "../../domain/join_bytes.ts";
import type { Checkpoint, CheckpointPart, CheckpointStore } from "../../ports/checkpoint_store.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Fence } from "../../ports/lease.ts";
import type { Database } from "./database.ts";
import { checkFence } from "./lease.ts";

export interface EmbeddedCheckpointStoreOptions {
  /** A state that is larger is written in pieces, and others get in between; 4 MiB if absent. */
  readonly wholeBytes?: number;
  /** Bytes of a piece; 1 MiB if absent. */
  readonly chunkBytes?: number;
}

type Place = Pick<Required<Checkpoint>, "generation" | "part" | "offset">;

const MIB = 2 ** 20;
/** Between two pieces. */
const PAUSE_MS = 10;
/** A state holds no ids, and nothing of it that one could look for. */
const NO_TEXT: readonly Uint8Array[] = [];

const TRIM = `DELETE FROM checkpoints WHERE generation = ?1 AND part = ?2 AND at_offset NOT IN
  (SELECT at_offset FROM checkpoints WHERE generation = ?1 AND part = ?2 ORDER BY at_offset DESC LIMIT ?3)`;

export class EmbeddedCheckpointStore implements CheckpointStore {
  readonly #database: Database;
  readonly #clock: Pick<Clock, "sleep">;
  readonly #wholeBytes: number;
  readonly #chunkBytes: number;

  constructor(database: Database, clock: Pick<Clock, "sleep">, options: EmbeddedCheckpointStoreOptions = {}) {
    this.#database = database;
    this.#clock = clock;
    this.#wholeBytes = options.wholeBytes ?? 4 * MIB;
    this.#chunkBytes = options.chunkBytes ?? MIB;
  }

  write(
    { generation, part = "rows", offset, state }: Checkpoint,
    keep: number,
    fence?: Fence,
  ): Promise<void> {
    // Of the state as it is at the call.
    const copy = state.slice(), place = { generation, part, offset };
    if (keep <= 1) return this.#writeAlone(place, copy, fence);
    return copy.length > this.#wholeBytes
      ? this.#writeInChunks(place, copy, keep, fence)
      : this.#step(place, fence, () => {
        this.#put(place, copy, sha256Of(copy), keep);
        while (this.#deleteLoosePiece(place));
      });
  }

  async latest(generation: string, part: CheckpointPart = "rows"): Promise<Checkpoint | undefined> {
    return this.#database.read(`read a checkpoint of generation ${generation}`, () => {
      const rows = this.#database.sql(
        "SELECT at_offset, sha256, state FROM checkpoints WHERE generation = ? AND part = ? ORDER BY at_offset DESC",
      );
      for (const row of rows.iterate(generation, part)) {
        const offset = row.at_offset as number, whole = row.state as Uint8Array;
        const state = whole.length > 0 ? whole : this.#joined({ generation, part, offset });
        if (sha256Of(state) === row.sha256) return { generation, part, offset, state };
      }
      return undefined;
    });
  }

  async remove(generation: string, fence?: Fence): Promise<void> {
    const what = `remove the checkpoints of generation ${generation}`;
    await this.#database.forget(what, NO_TEXT, () => {
      checkFence(this.#database, what, fence);
      for (const table of ["checkpoints", "checkpoint_chunks"]) {
        this.#database.sql(`DELETE FROM ${table} WHERE generation = ?`).run(generation);
      }
    });
  }

  #writeAlone(place: Place, state: Uint8Array, fence: Fence | undefined): Promise<void> {
    const { generation, offset } = place, what = whatOf(place);
    return this.#database.forget(what, NO_TEXT, () => {
      checkFence(this.#database, what, fence);
      this.#put(place, state, sha256Of(state), 1);
      for (const table of ["checkpoints", "checkpoint_chunks"]) {
        this.#database.sql(`DELETE FROM ${table} WHERE generation = ? AND at_offset < ?`).run(
          generation,
          offset,
        );
      }
    });
  }

  /** One transaction a piece: nobody who writes to the file waits for all of it, nor does this thread. */
  async #writeInChunks(
    place: Place,
    state: Uint8Array,
    keep: number,
    fence: Fence | undefined,
  ): Promise<void> {
    const { generation, part, offset } = place, hash = createHash("sha256");
    // What will not stay is no checkpoint from here on; the new pieces take the room of its pieces.
    await this.#step(place, fence, () => {
      this.#database.sql("DELETE FROM checkpoints WHERE generation = ? AND part = ? AND at_offset = ?")
        .run(generation, part, offset);
      this.#database.sql(TRIM).run(generation, part, keep - 1);
    });
    for (let start = 0; start < state.length; start += this.#chunkBytes) {
      const bytes = state.subarray(start, start + this.#chunkBytes);
      hash.update(bytes);
      await this.#step(place, fence, () => {
        this.#deleteLoosePiece(place);
        this.#database.sql("INSERT OR REPLACE INTO checkpoint_chunks VALUES (?, ?, ?, ?, ?)")
          .run(generation, part, offset, start / this.#chunkBytes, bytes);
      });
      await this.#clock.sleep(PAUSE_MS);
    }
    const chunkCount = Math.ceil(state.length / this.#chunkBytes), sha256 = hash.digest("hex");
    await this.#step(place, fence, () => this.#put(place, new Uint8Array(), sha256, keep, chunkCount));
    while (await this.#step(place, fence, () => this.#deleteLoosePiece(place)));
  }

  /** False if there is none. */
  #deleteLoosePiece({ generation, part, offset }: Place): boolean {
    const { changes } = this.#database.sql(
      `DELETE FROM checkpoint_chunks WHERE rowid IN (
         SELECT rowid FROM checkpoint_chunks WHERE generation = ?1 AND part = ?2 AND at_offset <> ?3 AND at_offset NOT IN
         (SELECT at_offset FROM checkpoints WHERE generation = ?1 AND part = ?2) LIMIT 1)`,
    ).run(generation, part, offset);
    return changes === 1;
  }

  #put(
    { generation, part, offset }: Place,
    state: Uint8Array,
    sha256: string,
    keep: number,
    chunkCount = 0,
  ): void {
    // Of a state that stood here before, or of a write that did not get to its end.
    this.#database.sql(
      "DELETE FROM checkpoint_chunks WHERE generation = ? AND part = ? AND at_offset = ? AND chunk >= ?",
    ).run(generation, part, offset, chunkCount);
    this.#database.sql("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)")
      .run(generation, part, offset, sha256, state);
    this.#database.sql(TRIM).run(generation, part, keep);
  }

  #joined({ generation, part, offset }: Place): Uint8Array {
    const rows = this.#database.sql(
      "SELECT bytes FROM checkpoint_chunks WHERE generation = ? AND part = ? AND at_offset = ? ORDER BY chunk",
    ).all(generation, part, offset);
    return joinBytes(rows.map(({ bytes }) => bytes as Uint8Array));
  }

  #step<Result>(place: Place, fence: Fence | undefined, body: () => Result): Promise<Result> {
    const what = whatOf(place);
    return this.#database.write(what, () => {
      checkFence(this.#database, what, fence);
      return body();
    });
  }
}

function whatOf({ generation }: Place): string {
  return `write a checkpoint of generation ${generation}`;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
