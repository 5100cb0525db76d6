/** Checkpoints in memory: never torn. */
import type { Checkpoint, CheckpointStore } from "../../ports/checkpoint_store.ts";
import type { Fence } from "../../ports/lease.ts";
import { checkFence, type MemoryLeases } from "./lease.ts";

export class MemoryCheckpointStore implements CheckpointStore {
  /** Of each generation, ascending by offset. */
  readonly #checkpoints = new Map<string, Checkpoint[]>();
  readonly #leases: MemoryLeases | undefined;

  /** `leases` gave the fences that writes come with; without them every fence is refused. */
  constructor(leases?: MemoryLeases) {
    this.#leases = leases;
  }

  async write(checkpoint: Checkpoint, keep: number, fence?: Fence): Promise<void> {
    const { generation, offset, state } = checkpoint;
    checkFence(this.#leases, `write a checkpoint of generation ${generation}`, fence);
    const others = (this.#checkpoints.get(generation) ?? []).filter((other) => other.offset !== offset);
    const all = [...others, { generation, offset, state: state.slice() }]
      .sort((one, other) => one.offset - other.offset);
    this.#checkpoints.set(generation, all.slice(-Math.max(1, keep)));
  }

  async latest(generation: string): Promise<Checkpoint | undefined> {
    const newest = this.#checkpoints.get(generation)?.at(-1);
    return newest === undefined ? undefined : { ...newest, state: newest.state.slice() };
  }

  async remove(generation: string, fence?: Fence): Promise<void> {
    checkFence(this.#leases, `remove the checkpoints of generation ${generation}`, fence);
    this.#checkpoints.delete(generation);
  }
}
