/** Checkpoints in memory: never torn. */
import type { Checkpoint, CheckpointStore } from "../../ports/checkpoint_store.ts";

export class MemoryCheckpointStore implements CheckpointStore {
  /** Of each generation, ascending by offset. */
  readonly #checkpoints = new Map<string, Checkpoint[]>();

  async write(checkpoint: Checkpoint, keep: number): Promise<void> {
    const { generation, offset, state } = checkpoint;
    const others = (this.#checkpoints.get(generation) ?? []).filter((other) => other.offset !== offset);
    const all = [...others, { generation, offset, state: state.slice() }]
      .sort((one, other) => one.offset - other.offset);
    this.#checkpoints.set(generation, all.slice(-Math.max(1, keep)));
  }

  async latest(generation: string): Promise<Checkpoint | undefined> {
    const newest = this.#checkpoints.get(generation)?.at(-1);
    return newest === undefined ? undefined : { ...newest, state: newest.state.slice() };
  }

  async remove(generation: string): Promise<void> {
    this.#checkpoints.delete(generation);
  }
}
