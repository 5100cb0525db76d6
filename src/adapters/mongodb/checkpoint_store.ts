/** Checkpoints in MongoDB: chunks, and a list in the state document that makes them count. */
import { createHash } from "node:crypto";
import { LeaseLost } from "../../domain/failure.ts";
import type { Checkpoint, CheckpointPart, CheckpointStore } from "../../ports/checkpoint_store.ts";
import type { Fence } from "../../ports/lease.ts";
import { Chunks } from "./chunks.ts";
import type { CheckpointEntry, StoreState } from "./store_state.ts";

const SECTION = "state";

export class MongoCheckpointStore implements CheckpointStore {
  readonly #state: StoreState;
  readonly #chunks: Chunks;

  constructor(state: StoreState) {
    this.#state = state;
    this.#chunks = new Chunks(state.connection, "checkpoint_chunks");
  }

  prepare(): Promise<void> {
    return this.#chunks.prepare();
  }

  async write(
    { generation, part = "rows", offset, state }: Checkpoint,
    keep: number,
    fence?: Fence,
  ): Promise<void> {
    const what = `write a checkpoint of generation ${generation}`;
    // Of the state as it is at the call.
    const copy = state.slice(), write = crypto.randomUUID();
    const entry = { generation, part, offset, write, sizeBytes: copy.byteLength, sha256: sha256Of(copy) };
    this.#state.checkFence(await this.#state.read(what), what, fence);
    await this.#chunks.insert(what, write, SECTION, copy, Date.now());
    try {
      await this.#change(what, (entries) => withEntry(entries, entry, keep), fence);
    } catch (error) {
      // After another failure the change may have been made, and its answer lost: then they are named.
      if (error instanceof LeaseLost) await this.#chunks.remove(what, [write]);
      throw error;
    }
  }

  async latest(generation: string, part: CheckpointPart = "rows"): Promise<Checkpoint | undefined> {
    const what = `read a checkpoint of generation ${generation}`;
    let known: number | undefined;
    for (;;) {
      const { checkpoints, checkpointRevision } = await this.#state.read(what);
      for (const entry of newestFirst(checkpoints.filter((one) => isOf(one, generation, part)))) {
        const state = (await this.#chunks.read(what, entry.write)).get(SECTION) ?? new Uint8Array();
        if (sha256Of(state) === entry.sha256) return { generation, part, offset: entry.offset, state };
      }
      // Torn, or replaced by a newer one while it was read.
      if (known === checkpointRevision) return undefined;
      known = checkpointRevision;
    }
  }

  async remove(generation: string, fence?: Fence): Promise<void> {
    const what = `remove the checkpoints of generation ${generation}`;
    await this.#change(what, (entries) => entries.filter((one) => one.generation !== generation), fence);
  }

  /** Swaps the list for another one; deletes the chunks that are named no more, and what dead processes left. */
  async #change(
    what: string,
    next: (entries: readonly CheckpointEntry[]) => readonly CheckpointEntry[],
    fence: Fence | undefined,
  ): Promise<void> {
    const checkpointChange = crypto.randomUUID();
    for (;;) {
      const state = await this.#state.read(what), { checkpointRevision } = state;
      this.#state.checkFence(state, what, fence);
      const checkpoints = next(state.checkpoints);
      const change = { checkpoints, checkpointChange, checkpointRevision: checkpointRevision + 1 };
      const isChanged =
        await this.#state.update(what, { checkpointRevision }, { $set: change }, fence) !== undefined ||
        (await this.#state.read(what)).checkpointChange === checkpointChange;
      if (!isChanged) continue;
      const named = checkpoints.map(({ write }) => write);
      const gone = state.checkpoints.map(({ write }) => write).filter((write) => !named.includes(write));
      await this.#chunks.remove(what, gone);
      await this.#chunks.removeOrphans(what, named, Date.now());
      return;
    }
  }
}

function withEntry(
  entries: readonly CheckpointEntry[],
  entry: CheckpointEntry,
  keep: number,
): CheckpointEntry[] {
  const { generation, part = "rows", offset } = entry;
  const mine = entries.filter((one) => isOf(one, generation, part) && one.offset !== offset);
  const others = entries.filter((one) =>
    !isOf(one, generation, part) && (keep > 1 || one.generation !== generation || one.offset >= offset)
  );
  return [...others, ...newestFirst([...mine, entry]).slice(0, Math.max(1, keep))];
}

function isOf(entry: CheckpointEntry, generation: string, part: CheckpointPart): boolean {
  return entry.generation === generation && (entry.part ?? "rows") === part;
}

function newestFirst(entries: readonly CheckpointEntry[]): CheckpointEntry[] {
  return [...entries].sort((one, other) => other.offset - one.offset);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
