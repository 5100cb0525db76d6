/** One of several processes does the work, the others stand by: acquire, renew, hand over. */
import { LeaseLost } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fence, Lease, Leases } from "../ports/lease.ts";

export interface LeadOptions {
  readonly leases: Leases;
  readonly clock: Clock;
  /** What is led, for example "learner". */
  readonly name: string;
  /** Says to people who this is. */
  readonly holder: string;
  /** How long a lease outlives its last renewal; 6000 if absent. */
  readonly ttlMs?: number;
  /** Hears of each change of role, and of what failed and will be tried again. */
  readonly onNote: (note: LeadNote) => void;
}

export interface LeadNote {
  readonly what: "leading" | "standing by" | "lost the lease" | "the lease cannot be reached";
  readonly holder?: string;
  readonly error?: unknown;
}

/** With a look every TTL / 6, a standby takes over at most 7 s after a leader's last renewal. */
const TTL_MS = 6000;

/**
 * Calls `work` while this process holds the lease, with a fence for its writes and a signal that aborts when the lease is
 * lost or `signal` aborts. After a loss it stands by and may lead again. Resolves when `signal` aborts or `work` ends by
 * itself; rejects with what `work` rejects with, except LeaseLost.
 */
export async function lead(
  options: LeadOptions,
  signal: AbortSignal,
  work: (fence: Fence, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  for (;;) {
    const lease = await acquire(options, signal);
    if (lease === undefined) return;
    options.onNote({ what: "leading" });
    const term = new AbortController(), end = () => term.abort();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    const renewing = renewUntilLost(options, lease, term);
    try {
      await work(lease, term.signal);
      if (!term.signal.aborted) return;
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      options.onNote({ what: "lost the lease", error });
    } finally {
      signal.removeEventListener("abort", end);
      end();
      await renewing;
      await giveBack(options, lease);
    }
  }
}

/** Asks until it is given; undefined when `signal` aborts. */
async function acquire(options: LeadOptions, signal: AbortSignal): Promise<Lease | undefined> {
  const { leases, clock, name, holder, ttlMs = TTL_MS } = options;
  let leader: string | undefined;
  while (!signal.aborted) {
    try {
      const lease = await leases.acquire(name, holder, ttlMs);
      if (lease !== undefined) return lease;
      const now = (await leases.current(name))?.holder;
      if (now !== leader) options.onNote({ what: "standing by", holder: leader = now });
    } catch (error) {
      options.onNote({ what: "the lease cannot be reached", error });
    }
    await clock.sleep(ttlMs / 6, signal);
  }
  return undefined;
}

/** Aborts the term when the lease is lost, or when it could not be renewed for so long that another may have it. */
async function renewUntilLost(options: LeadOptions, first: Lease, term: AbortController): Promise<void> {
  const { leases, clock, ttlMs = TTL_MS } = options;
  let lease = first;
  for (;;) {
    await clock.sleep(ttlMs / 3, term.signal);
    if (term.signal.aborted) return;
    try {
      lease = await leases.renew(lease, ttlMs);
    } catch (error) {
      const isLost = error instanceof LeaseLost || clock.nowMs() >= lease.expiresAtMs;
      options.onNote({ what: isLost ? "lost the lease" : "the lease cannot be reached", error });
      if (isLost) return term.abort();
    }
  }
}

/** Where it cannot be given back it expires. */
async function giveBack({ leases, onNote }: LeadOptions, lease: Lease): Promise<void> {
  try {
    await leases.release(lease);
  } catch (error) {
    onNote({ what: "the lease cannot be reached", error });
  }
}
