/** Leases in the embedded store: one row for each name, compared and set in a transaction that writes. */
import { LeaseLost } from "../../domain/failure.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Fence, Lease, Leases } from "../../ports/lease.ts";
import type { Database } from "./database.ts";

const IN_THE_PAST = -1;

export class EmbeddedLeases implements Leases {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    return this.#database.write(`take the lease "${name}"`, () => {
      const last = leaseOf(this.#database, name), nowMs = this.#clock.nowMs();
      if (last !== undefined && nowMs < last.expiresAtMs) return undefined;
      return this.#put({ name, holder, token: (last?.token ?? 0) + 1, expiresAtMs: nowMs + ttlMs });
    });
  }

  renew(lease: Lease, ttlMs: number): Promise<Lease> {
    const what = "renew the lease";
    return this.#database.write(what, () => {
      checkFence(this.#database, what, lease);
      return this.#put({ ...lease, expiresAtMs: this.#clock.nowMs() + ttlMs });
    });
  }

  release({ name, token }: Lease): Promise<void> {
    return this.#database.write(`give back the lease "${name}"`, () => {
      if (leaseOf(this.#database, name)?.token !== token) return;
      this.#put({ name, holder: "", token: token + 1, expiresAtMs: IN_THE_PAST });
    });
  }

  async current(name: string): Promise<Lease | undefined> {
    const lease = this.#database.read(`read the lease "${name}"`, () => leaseOf(this.#database, name));
    return lease !== undefined && this.#clock.nowMs() < lease.expiresAtMs ? lease : undefined;
  }

  #put(lease: Lease): Lease {
    this.#database.sql("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)")
      .run(lease.name, lease.holder, lease.token, lease.expiresAtMs);
    return lease;
  }
}

/** To be called in the transaction that the fence guards. Throws LeaseLost unless there is no fence or its token is the newest. */
export function checkFence(database: Database, what: string, fence: Fence | undefined): void {
  if (fence === undefined) return;
  const newest = leaseOf(database, fence.name)?.token ?? 0;
  if (newest === fence.token) return;
  throw new LeaseLost(
    `cannot ${what} in the store ${database.path}: the lease "${fence.name}" has passed on; ` +
      `accepted is token ${newest}, given was ${fence.token}`,
  );
}

function leaseOf(database: Database, name: string): Lease | undefined {
  const row = database.sql("SELECT holder, token, expires_at_ms FROM leases WHERE name = ?").get(name);
  return row === undefined ? undefined : {
    name,
    holder: row.holder as string,
    token: row.token as number,
    expiresAtMs: row.expires_at_ms as number,
  };
}
