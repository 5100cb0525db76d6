/** Checkpoints in memory: never torn. */
import type { Checkpoint, CheckpointPart, CheckpointStore } from "../../ports/checkpoint_store.ts";
import type { Fence } from "../../ports/lease.ts";
import { checkFence, type MemoryLeases } from "./lease.ts";

export class MemoryCheckpointStore implements CheckpointStore {
  /** Of each generation, those of a part ascending by offset. */
  readonly #checkpoints = new Map<string, Checkpoint[]>();
  readonly #leases: MemoryLeases | undefined;

  /** `leases` gave the fences that writes come with; without them every fence is refused. */
  constructor(leases?: MemoryLeases) {
    this.#leases = leases;
  }

  async write(checkpoint: Checkpoint, keep: number, fence?: Fence): Promise<void> {
    const { generation, offset, part = "rows" } = checkpoint;
    checkFence(this.#leases, `write a checkpoint of generation ${generation}`, fence);
    const all = this.#checkpoints.get(generation) ?? [];
    const mine = [...ofPart(all, part).filter((one) => one.offset !== offset), copyOf(checkpoint)]
      .sort((one, other) => one.offset - other.offset);
    const others = all.filter((one) => one.part !== part && (keep > 1 || one.offset >= offset));
    this.#checkpoints.set(generation, [...others, ...mine.slice(-Math.max(1, keep))]);
  }

  async latest(generation: string, part: CheckpointPart = "rows"): Promise<Checkpoint | undefined> {
    const newest = ofPart(this.#checkpoints.get(generation) ?? [], part).at(-1);
    return newest === undefined ? undefined : copyOf(newest);
  }

  async remove(generation: string, fence?: Fence): Promise<void> {
    checkFence(this.#leases, `remove the checkpoints of generation ${generation}`, fence);
    this.#checkpoints.delete(generation);
  }
}

function copyOf({ generation, part = "rows", offset, state }: Checkpoint): Checkpoint {
  return { generation, part, offset, state: state.slice() };
}

function ofPart(checkpoints: readonly Checkpoint[], part: CheckpointPart): Checkpoint[] {
  return checkpoints.filter((one) => one.part === part);
}
