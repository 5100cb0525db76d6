/**
 * The right to be the only one who does something, for a time: one learner writes, others stand by.
 * tests/contracts/lease.ts holds every adapter to this.
 *
 * - At most one lease of a name is in force. One that expired stays its holder's until somebody else takes it.
 * - A token is greater than every token of that name before. Who writes on behalf of a lease gives it along as a fence,
 *   and the store refuses the write with LeaseLost, in the same transaction, once another token was given: a process
 *   that was stopped and goes on cannot know that its time is over.
 * - Times are those of the clock that the adapter was given. A clock that is set wrong can delay a takeover or make one
 *   too early; it cannot let two write.
 */

/** What a write on behalf of a lease gives along. */
export interface Fence {
  /** What is leased, for example "learner". */
  readonly name: string;
  /** A whole number, at least 1. */
  readonly token: number;
}

export interface Lease extends Fence {
  /** Says to people who it is. */
  readonly holder: string;
  readonly expiresAtMs: number;
}

export interface Leases {
  /** Takes the lease for `ttlMs`; undefined while another's is in force, whatever its holder is called. */
  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | undefined>;
  /** Makes it last for `ttlMs` from now. Throws LeaseLost when somebody else has taken it. */
  renew(lease: Lease, ttlMs: number): Promise<Lease>;
  /** Gives it back: the next need not wait, and its fence is refused from now on. Changes nothing if it was lost. */
  release(lease: Lease): Promise<void>;
  /** The lease in force. */
  current(name: string): Promise<Lease | undefined>;
}
