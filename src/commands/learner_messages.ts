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
    /** Where the log's thread tells of what is appended; without it "wake" does. */
    readonly commits?: MessagePort;
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

/** What is smaller is copied sooner than its buffers change hands: 75 against 110 microseconds for the rows of an event. */
const SMALL_BYTES = 64 * 1024;

/** The buffers of a batch that its receiver should get without a copy. */
export function buffersOf(batch: RowBatch): ArrayBuffer[] {
  const buffers = batch.flatMap((update) =>
    update.kind === "rowsChanged"
      ? [update.indexes.buffer as ArrayBuffer, update.rows.buffer as ArrayBuffer]
      : []
  );
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0) < SMALL_BYTES ? [] : buffers;
}
