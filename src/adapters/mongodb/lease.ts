/** Leases in MongoDB: fields of the state document, compared and set in one update. */
import type { Filter } from "mongodb";
import type { Clock } from "../../ports/clock.ts";
import type { Lease, Leases } from "../../ports/lease.ts";
import { type HeldLease, leaseKey, type StateDocument, type StoreState } from "./store_state.ts";

const IN_THE_PAST = -1;

export class MongoLeases implements Leases {
  readonly #state: StoreState;
  readonly #clock: Clock;

  constructor(state: StoreState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  async acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined> {
    const what = `take the lease "${name}"`, key = leaseKey(name), write = crypto.randomUUID();
    for (;;) {
      const last = (await this.#state.read(what)).leases[key], nowMs = this.#clock.nowMs();
      if (last?.write === write) return leaseOf(name, last);
      if (last !== undefined && nowMs < last.expiresAtMs) return undefined;
      const lease = { holder, token: (last?.token ?? 0) + 1, expiresAtMs: nowMs + ttlMs, write };
      if (await this.#swap(what, key, last, lease)) return leaseOf(name, lease);
    }
  }

  async renew(lease: Lease, ttlMs: number): Promise<Lease> {
    const expiresAtMs = this.#clock.nowMs() + ttlMs;
    const change = { $set: { [`leases.${leaseKey(lease.name)}.expiresAtMs`]: expiresAtMs } };
    await this.#state.change("renew the lease", change, lease);
    return { ...lease, expiresAtMs };
  }

  async release({ name, token }: Lease): Promise<void> {
    const key = leaseKey(name), path = `leases.${key}`;
    const given: HeldLease = { holder: "", token: token + 1, expiresAtMs: IN_THE_PAST, write: "" };
    await this.#state.update(
      `give back the lease "${name}"`,
      { [`${path}.token`]: token } as Filter<StateDocument>,
      { $set: { [path]: given } },
    );
  }

  async current(name: string): Promise<Lease | undefined> {
    const held = (await this.#state.read(`read the lease "${name}"`)).leases[leaseKey(name)];
    return held !== undefined && this.#clock.nowMs() < held.expiresAtMs ? leaseOf(name, held) : undefined;
  }

  /** False if it was renewed or taken meanwhile. */
  async #swap(what: string, key: string, last: HeldLease | undefined, next: HeldLease): Promise<boolean> {
    const path = `leases.${key}`;
    const condition = last === undefined
      ? { [path]: { $exists: false } }
      : { [`${path}.token`]: last.token, [`${path}.expiresAtMs`]: last.expiresAtMs };
    const change = { $set: { [path]: next } };
    return await this.#state.update(what, condition as Filter<StateDocument>, change) !== undefined;
  }
}

function leaseOf(name: string, { holder, token, expiresAtMs }: HeldLease): Lease {
  return { name, holder, token, expiresAtMs };
}
