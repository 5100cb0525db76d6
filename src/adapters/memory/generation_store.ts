/** Generations in memory. */
import { hashOfFactors } from "../../domain/factors_hash.ts";
import { BadInput, OutsideFailure } from "../../domain/failure.ts";
import { withoutUser } from "../../domain/forget_user.ts";
import type { ActivePointer, Generation, GenerationContent } from "../../domain/generation.ts";
import type { GenerationStore } from "../../ports/generation_store.ts";
import type { Fence } from "../../ports/lease.ts";
import { checkFence, type MemoryLeases } from "./lease.ts";

export class MemoryGenerationStore implements GenerationStore {
  #reserved = 0;
  #active: ActivePointer | undefined;
  readonly #contents = new Map<string, GenerationContent>();
  readonly #leases: MemoryLeases | undefined;

  /** `leases` gave the fences that writes come with; without them every fence is refused. */
  constructor(leases?: MemoryLeases) {
    this.#leases = leases;
  }

  async reserve(): Promise<string> {
    let id: string;
    do id = `g${String(++this.#reserved).padStart(6, "0")}`; while (this.#contents.has(id));
    return id;
  }

  async publish(content: GenerationContent): Promise<void> {
    const id = content.generation.generation;
    if (this.#contents.has(id)) {
      throw new BadInput(
        `cannot publish generation ${id}: it exists and is never overwritten; reserve a new id`,
      );
    }
    this.#contents.set(id, structuredClone(content));
  }

  async list(): Promise<Generation[]> {
    return this.#ids().map((id) => structuredClone(this.#contents.get(id)!.generation));
  }

  async load(generation: string): Promise<GenerationContent> {
    const content = this.#contents.get(generation);
    if (content === undefined) throw new BadInput(this.#unknown("load", generation));
    if (content.generation.verifiable === false) return structuredClone(content);
    const sha256 = await hashOfFactors(content.model);
    if (sha256 !== content.generation.sha256) {
      throw new OutsideFailure(
        `cannot load generation ${generation}: its factors have SHA-256 ${sha256}, published was ${content.generation.sha256}`,
      );
    }
    return structuredClone(content);
  }

  async active(): Promise<ActivePointer | undefined> {
    return this.#active;
  }

  async activate(
    generation: string,
    appliedOffset: number,
    timeMs: number,
    fence?: Fence,
  ): Promise<ActivePointer> {
    checkFence(this.#leases, `activate generation ${generation}`, fence);
    if (!this.#contents.has(generation)) throw new BadInput(this.#unknown("activate", generation));
    if (this.#active?.generation === generation) return this.#active;
    const sequence = this.#active?.sequence ?? 0;
    return this.#active = { generation, appliedOffset, sequence: sequence + 1, activatedAtMs: timeMs };
  }

  async forgetUser(userId: string): Promise<string[]> {
    const changed: string[] = [];
    for (const id of this.#ids()) {
      const content = this.#contents.get(id)!, index = userId === "" ? -1 : content.userIds.indexOf(userId);
      if (index < 0) continue;
      this.#contents.set(id, withoutUser(content, index));
      changed.push(id);
    }
    return changed;
  }

  async collect(keep: number): Promise<string[]> {
    const others = this.#ids().filter((id) => id !== this.#active?.generation);
    const gone = others.slice(0, Math.max(0, others.length - keep));
    for (const id of gone) this.#contents.delete(id);
    return gone;
  }

  /** Published ones, oldest first. */
  #ids(): string[] {
    return [...this.#contents.keys()].sort((one, other) =>
      one.length - other.length || (one < other ? -1 : 1)
    );
  }

  #unknown(what: string, generation: string): string {
    const known = this.#ids().join(", ") || "none is published yet";
    return `cannot ${what} generation "${generation}": it is not known; accepted are: ${known}`;
  }
}
