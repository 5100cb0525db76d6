/** Leases in memory: between parts of one process. */
import { LeaseLost } from "../../domain/failure.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Fence, Lease, Leases } from "../../ports/lease.ts";

export class MemoryLeases implements Leases {
  readonly #clock: Clock;
  /** One that was given back stays, expired, so that its token is never given again. */
  readonly #leases = new Map<string, Lease>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    if (this.#inForce(name) !== undefined) return undefined;
    return this.#put({
      name,
      holder,
      token: this.tokenOf(name) + 1,
      expiresAtMs: this.#clock.nowMs() + ttlMs,
    });
  }

  async renew(lease: Lease, ttlMs: number): Promise<Lease> {
    checkFence(this, "renew the lease", lease);
    return this.#put({ ...lease, expiresAtMs: this.#clock.nowMs() + ttlMs });
  }

  async release(lease: Lease): Promise<void> {
    if (this.tokenOf(lease.name) !== lease.token) return;
    this.#put({ name: lease.name, holder: "", token: lease.token + 1, expiresAtMs: -Infinity });
  }

  async current(name: string): Promise<Lease | undefined> {
    return this.#inForce(name);
  }

  /** The newest token of the name; 0 if there was none. */
  tokenOf(name: string): number {
    return this.#leases.get(name)?.token ?? 0;
  }

  #inForce(name: string): Lease | undefined {
    const lease = this.#leases.get(name);
    return lease !== undefined && this.#clock.nowMs() < lease.expiresAtMs ? lease : undefined;
  }

  #put(lease: Lease): Lease {
    this.#leases.set(lease.name, lease);
    return lease;
  }
}

/** Throws LeaseLost unless there is no fence or its token is the newest. */
export function checkFence(leases: MemoryLeases | undefined, what: string, fence: Fence | undefined): void {
  if (fence === undefined) return;
  const newest = leases?.tokenOf(fence.name) ?? 0;
  if (newest === fence.token) return;
  throw new LeaseLost(
    `cannot ${what}: the lease "${fence.name}" has passed on; accepted is token ${newest}, given was ${fence.token}`,
  );
}
