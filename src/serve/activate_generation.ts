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
 * One atomic swap of the pointer, then the control record and the word to everybody who serves. A crash between them
 * leaves the swap done: servers look at the pointer, the feed only wakes them. Undefined: there is no such generation.
 */
export async function activateGeneration(
  { generations, eventLog, updates }: ActivationTargets,
  generation: string,
  timeMs: number,
): Promise<ActivePointer | undefined> {
  const known = (await generations.list()).find((one) => one.generation === generation);
  if (known === undefined) return undefined;
  const before = await generations.active();
  const pointer = await generations.activate(generation, known.offset, timeMs);
  if (before?.generation !== generation) {
    await eventLog.appendControl({ kind: "generationActivated", generation }, timeMs);
    await updates.publish({ kind: "generationActivated", generation, appliedOffset: pointer.appliedOffset });
  }
  return pointer;
}
