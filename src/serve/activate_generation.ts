/** Rolls forward or back to a published generation, whoever asks for it. */
import type { ActivePointer } from "../domain/generation.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";

export interface ActivationTargets {
  readonly generations: GenerationStore;
  readonly eventLog: EventLog;
  readonly updates: UpdateFeed;
}

/**
 * The control record, one atomic swap of the pointer, then the word to everybody who serves. The record comes first: the
 * log knows of every activation that was, and at worst of one that did not come about because the process ended. A crash
 * behind the swap loses nothing: servers look at the pointer, the feed only wakes them. There is no fence: whoever may
 * activate moves the pointer whatever the learner does, and the last one's word counts; the learner follows the pointer and
 * never moves it, so a learner whose lease is over has nothing to move. Undefined: there is no such generation.
 */
export async function activateGeneration(
  { generations, eventLog, updates }: ActivationTargets,
  generation: string,
  timeMs: number,
): Promise<ActivePointer | undefined> {
  const known = (await generations.list()).find((one) => one.generation === generation);
  if (known === undefined) return undefined;
  const before = await generations.active();
  if (before?.generation === generation) return before;
  await eventLog.appendControl({ kind: "generationActivated", generation }, timeMs);
  const pointer = await generations.activate(generation, known.offset, timeMs);
  await updates.publish({ kind: "generationActivated", generation, appliedOffset: pointer.appliedOffset });
  return pointer;
}
