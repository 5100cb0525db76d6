/** What a server and the thread of its learner say to each other. */
import type { LearnerFigures } from "../domain/learner_figures.ts";
import type { RowBatch } from "../domain/model_update.ts";
import type { LearnerMethod } from "../stream/live_model.ts";

export type ToLearner =
  | {
    readonly kind: "start";
    readonly storeUrl: string;
    readonly kernelModule: WebAssembly.Module;
    readonly logLevel: string;
    readonly method?: LearnerMethod;
  }
  /** Events may have come. */
  | { readonly kind: "wake" }
  /** All rows of the generation are wanted, if it is the one that is learned. */
  | { readonly kind: "rows"; readonly generation: string }
  | { readonly kind: "stop" };

export type FromLearner =
  | { readonly kind: "batch"; readonly batch: RowBatch }
  | { readonly kind: "figures"; readonly figures: LearnerFigures }
  | { readonly kind: "role"; readonly isLeading: boolean }
  /** `error`: what ended it, other than "stop". */
  | { readonly kind: "ended"; readonly error?: string };

/** The buffers of a batch: its receiver gets them without a copy. */
export function buffersOf(batch: RowBatch): ArrayBuffer[] {
  return batch.flatMap((update) =>
    update.kind === "rowsChanged"
      ? [update.indexes.buffer as ArrayBuffer, update.rows.buffer as ArrayBuffer]
      : []
  );
}
