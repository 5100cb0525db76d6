/** A store in memory whose log holds a planted stream, with a generation that was trained on its beginning. */
import { openStore, type Store } from "../../src/commands/open_store.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import type { Feedback } from "../../src/domain/factor_model.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import type { RowBatch } from "../../src/domain/model_update.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { LearnerNote, LearnerOptions } from "../../src/stream/learner_run.ts";
import { Wake } from "../../src/stream/wake.ts";
import { factorsSha256 } from "../serve/planted_generation.ts";
import { plantedStream, type Stream } from "./planted_stream.ts";

export const { module: kernelModule } = await loadKernel("portable");
const COUNTS = { userCount: 40, itemCount: 60, eventCount: 900, offset: 600, factorCount: 6 };

export interface PlantedLog {
  readonly store: Store;
  readonly stream: Stream;
  readonly content: GenerationContent;
  /** Appends the stream's events below `untilOffset` that are not in the log yet. */
  append(untilOffset: number): Promise<void>;
}

/** The log holds what the generation was trained on; the generation is active. */
export async function plantedLog(feedback: Feedback = "explicit"): Promise<PlantedLog> {
  const stream = await plantedStream(feedback, COUNTS), store = await openStore("memory:"), { log } = stream;
  const append = async (untilOffset: number) => {
    const events = [];
    for (let offset = await store.eventLog.end(); offset < untilOffset; offset++) {
      const userId = `u${log.users[offset]}`, itemId = `i${log.items[offset]}`;
      events.push({
        eventId: `e${offset}`,
        userId,
        itemId,
        value: log.values[offset],
        timeMs: log.timesMs[offset],
      });
    }
    await store.eventLog.append(events);
  };
  await append(COUNTS.offset);
  const content = await contentFor(store, stream.content, "g000001");
  await publish(store, content);
  return { store, stream, content, append };
}

/** The same content as a generation of this store. */
export async function contentFor(store: Store, content: GenerationContent, generation: string) {
  const { userFactors, itemFactors } = content.model, sha256 = await factorsSha256(userFactors, itemFactors);
  const { logId } = store.eventLog;
  return { ...content, generation: { ...content.generation, generation, logId, sha256 } };
}

export async function publish(store: Store, content: GenerationContent): Promise<void> {
  const { generation, offset } = content.generation;
  await store.generations.publish(content);
  await store.generations.activate(generation, offset, 0);
  await store.updates.publish({ kind: "generationActivated", generation, appliedOffset: offset });
}

export interface Listening extends LearnerOptions {
  readonly batches: RowBatch[];
  readonly notes: LearnerNote[];
}

export function listening(store: Store, clock: Clock, more: Partial<LearnerOptions> = {}): Listening {
  const batches: RowBatch[] = [], notes: LearnerNote[] = [];
  const onBatch = (batch: RowBatch) => void batches.push(batch),
    onNote = (note: LearnerNote) => void notes.push(note);
  return { ...store, clock, kernelModule, wake: new Wake(clock), onBatch, onNote, ...more, batches, notes };
}
