/** Of all stores' leases, the one that whoever learns holds. */
export const LEARNER_LEASE = "learner";
