/** Forgetting users in an open store. */
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../adapters/deno/system_clock.ts";
import type { Erasures } from "../ports/jobs.ts";
import { eraseUser, type ErasureTargets, finishErasures } from "../stream/erase_user.ts";
import { LEARNER_LEASE } from "./learner_lease.ts";
import type { Store } from "./open_store.ts";

const logger = getLogger(["foz", "erase"]);

function targetsOf(store: Store): ErasureTargets {
  return { ...store, isLearning: async () => await store.leases.current(LEARNER_LEASE) !== undefined };
}

export function erasuresOf(store: Store): Erasures {
  return {
    eraseUser: async (userId) => {
      const erased = await eraseUser(targetsOf(store), userId, systemClock.nowMs());
      // Not who: the log file would remember it.
      if (erased !== undefined) logger.info("a user was erased: {eventCount} events", { ...erased });
      return erased;
    },
  };
}

/**
 * What a process that ended left undone, and users who were erased while a generation was trained. What cannot be done now
 * is left to the next start.
 */
export async function finishErasuresOf(store: Store): Promise<void> {
  try {
    const count = await finishErasures(targetsOf(store));
    if (count > 0) logger.info("{count} erasures that were begun are finished", { count });
  } catch (error) {
    logger.error("what is left of erased users could not be looked for: {error}", { error });
  }
}
