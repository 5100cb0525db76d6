/**
 * Forgetting a user (DESIGN.md 6). The log's record is the truth: events and id are gone with it, and what other parts hold
 * follows in an order that a start can take up again: the generations' rows tell which user a record means. Documents of
 * somebody who came after a generation nobody could name any more: they are deleted before the record too, and are made
 * anew if it does not come. States of the learner are the learner's own to replace; where none runs they are deleted.
 */
import type { LoggedControl } from "../domain/event.ts";
import type { CheckpointStore } from "../ports/checkpoint_store.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { ErasedUser } from "../ports/jobs.ts";
import type { RecommendationStore } from "../ports/recommendation_store.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";

export interface ErasureTargets {
  readonly eventLog: EventLog;
  readonly generations: GenerationStore;
  readonly recommendations: RecommendationStore;
  readonly checkpoints: CheckpointStore;
  readonly updates: UpdateFeed;
  /** Whether some process learns: it follows the log, and forgets by itself. */
  readonly isLearning: () => Promise<boolean>;
}

/** As `Erasures.eraseUser` says. */
export async function eraseUser(
  targets: ErasureTargets,
  userId: string,
  timeMs: number,
): Promise<ErasedUser | undefined> {
  const documentCount = await targets.recommendations.forgetUser(userId);
  const erased = await targets.eventLog.eraseUser(userId, timeMs);
  // A learner may have made one meanwhile.
  await targets.recommendations.forgetUser(userId);
  const generations = await targets.generations.forgetUser(userId);
  if (erased === undefined && documentCount === 0 && generations.length === 0) return undefined;
  if (erased !== undefined) await forgetStates(targets, erased.offset);
  const { offset, eventCount = 0 } = erased ?? {};
  return { ...(offset === undefined ? {} : { offset }), eventCount, documentCount, generations };
}

/**
 * Finishes what a process left undone that ended half-way, and forgets in generations who was erased while they were
 * trained. To be called when a process starts, and after a training. Gives how many users were still known somewhere.
 */
export async function finishErasures(targets: ErasureTargets): Promise<number> {
  const { eventLog, generations, recommendations } = targets;
  const erasures = (await eventLog.readControls()).filter(({ record }) => record.kind === "userErased");
  let count = 0;
  for (const { generation, offset, logId } of await generations.list()) {
    const late = erasures.filter((one) => one.offset >= offset);
    if (logId !== eventLog.logId || late.length === 0) continue;
    for (const userId of await namesOf(generations, generation, late)) {
      await recommendations.forgetUser(userId);
      await generations.forgetUser(userId);
      count++;
    }
  }
  if (erasures.length > 0) await forgetStates(targets, erasures[erasures.length - 1].offset);
  return count;
}

/** Ids that the generation still has for these records' codes. */
async function namesOf(
  generations: GenerationStore,
  generation: string,
  erasures: readonly LoggedControl[],
): Promise<string[]> {
  const { userIds } = await generations.load(generation);
  return erasures.flatMap(({ record }) => record.kind === "userErased" ? userIds[record.userCode] ?? [] : [])
    .filter((userId) => userId !== "");
}

/** States from before the record, and what the last learner told: a learner that starts begins with the generation. */
async function forgetStates(targets: ErasureTargets, offset: number): Promise<void> {
  const { generations, checkpoints, updates } = targets;
  if (await targets.isLearning()) return;
  let hasForgotten = false;
  for (const { generation } of await generations.list()) {
    const newest = await checkpoints.latest(generation);
    if (newest === undefined || newest.offset > offset) continue;
    await checkpoints.remove(generation);
    hasForgotten = true;
  }
  if (hasForgotten) await updates.trim(await updates.latest());
}
