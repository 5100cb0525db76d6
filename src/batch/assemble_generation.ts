/** From a fit to what is published. */
import { hashOfFactors } from "../domain/factors_hash.ts";
import type { GenerationContent } from "../domain/generation.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fitted } from "./fit_model.ts";
import type { FitPlan } from "./fit_parameters.ts";
import type { HoldoutReport } from "./measure_holdout.ts";

interface Parts {
  readonly id: string;
  readonly read: {
    readonly userIds: readonly string[];
    readonly itemIds: readonly string[];
    readonly offset: number;
    readonly logId: string;
  };
  readonly plan: FitPlan;
  readonly fitted: Fitted;
  readonly measured?: HoldoutReport;
  readonly options: { readonly seed: number; readonly kernel: GenerationContent["generation"]["kernel"] };
  readonly clock: Clock;
}

/** The content of a generation with its provenance and the hash of its factors. */
export async function assembleGeneration(parts: Parts): Promise<GenerationContent> {
  const { model, seen, epochs } = parts.fitted;
  const { measured, read, options } = parts;
  return {
    generation: {
      generation: parts.id,
      createdAtMs: parts.clock.nowMs(),
      offset: read.offset,
      logId: read.logId,
      parameters: parts.plan.parameters,
      epochCount: epochs.length,
      seed: options.seed,
      kernel: options.kernel,
      userCount: model.userCount,
      itemCount: model.itemCount,
      interactionCount: seen.indices.length,
      globalMean: model.globalMean,
      minRating: model.minRating,
      maxRating: model.maxRating,
      metrics: measured?.metrics ?? {},
      baseline: measured?.baseline ?? {},
      epochs: measured?.epochs ?? epochs,
      sha256: await hashOfFactors(model),
    },
    model,
    userIds: read.userIds,
    itemIds: read.itemIds,
    seen,
    itemCounts: countItems(seen.indices, model.itemCount),
  };
}

function countItems(indices: Uint32Array, itemCount: number): Uint32Array {
  const counts = new Uint32Array(itemCount);
  for (let k = 0; k < indices.length; k++) counts[indices[k]]++;
  return counts;
}
