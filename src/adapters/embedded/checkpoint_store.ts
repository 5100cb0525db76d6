/** Checkpoints in the embedded store. */
import { createHash } from "node:crypto";
import type { Checkpoint, CheckpointPart, CheckpointStore } from "../../ports/checkpoint_store.ts";
import type { Fence } from "../../ports/lease.ts";
import type { Database } from "./database.ts";
import { checkFence } from "./lease.ts";

/** A state holds no ids, and nothing of it that one could look for. */
const NO_TEXT: readonly Uint8Array[] = [];

export class EmbeddedCheckpointStore implements CheckpointStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  write(checkpoint: Checkpoint, keep: number, fence?: Fence): Promise<void> {
    const { generation, part = "rows", offset } = checkpoint;
    // Of the state as it is at the call.
    const state = checkpoint.state.slice(), sha256 = sha256Of(state);
    const what = `write a checkpoint of generation ${generation}`;
    const body = () => {
      checkFence(this.#database, what, fence);
      this.#database.sql("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)")
        .run(generation, part, offset, sha256, state);
      this.#database.sql(
        `DELETE FROM checkpoints WHERE generation = ?1 AND part = ?2 AND at_offset NOT IN
         (SELECT at_offset FROM checkpoints WHERE generation = ?1 AND part = ?2 ORDER BY at_offset DESC LIMIT ?3)`,
      ).run(generation, part, Math.max(1, keep));
      if (keep > 1) return;
      this.#database.sql("DELETE FROM checkpoints WHERE generation = ? AND at_offset < ?").run(
        generation,
        offset,
      );
    };
    return keep <= 1 ? this.#database.forget(what, NO_TEXT, body) : this.#database.write(what, body);
  }

  async latest(generation: string, part: CheckpointPart = "rows"): Promise<Checkpoint | undefined> {
    return this.#database.read(`read a checkpoint of generation ${generation}`, () => {
      const rows = this.#database.sql(
        "SELECT at_offset, sha256, state FROM checkpoints WHERE generation = ? AND part = ? ORDER BY at_offset DESC",
      );
      for (const row of rows.iterate(generation, part)) {
        const state = row.state as Uint8Array;
        if (sha256Of(state) === row.sha256) {
          return { generation, part, offset: row.at_offset as number, state };
        }
      }
      return undefined;
    });
  }

  async remove(generation: string, fence?: Fence): Promise<void> {
    const what = `remove the checkpoints of generation ${generation}`;
    await this.#database.forget(what, NO_TEXT, () => {
      checkFence(this.#database, what, fence);
      this.#database.sql("DELETE FROM checkpoints WHERE generation = ?").run(generation);
    });
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
