/** What the learner tells those who serve. */
import type { FactorModel } from "../domain/factor_model.ts";
import type { Generation } from "../domain/generation.ts";
import type { ModelUpdate, RowBatch, RowsChanged } from "../domain/model_update.ts";
import { decodeLearnerState } from "./learner_state.ts";

export interface BatchHeader {
  readonly generation: string;
  readonly fromOffset: number;
  readonly appliedOffset: number;
  readonly atMs: number;
  readonly isWhole?: boolean;
}

/** `changes`: of Learner.takeChanges(). */
export function rowBatch(header: BatchHeader, changes: readonly ModelUpdate[]): RowBatch {
  const rows = changes.filter((change): change is RowsChanged => change.kind === "rowsChanged");
  return [...rows, { kind: "rowsAdvanced", ...header, parts: rows.length }];
}

/** All rows, from the generation's offset on. */
export function wholeBatch(
  generation: Generation,
  appliedOffset: number,
  model: Pick<FactorModel, "stride" | "userFactors" | "itemFactors">,
  atMs: number,
): RowBatch {
  const header = { generation: generation.generation, appliedOffset };
  const rowsOf = (side: "user" | "item", rows: Float32Array): RowsChanged => ({
    kind: "rowsChanged",
    ...header,
    side,
    indexes: Uint32Array.from({ length: rows.length / model.stride }, (_, index) => index),
    rows,
  });
  return rowBatch({ ...header, fromOffset: generation.offset, atMs, isWhole: true }, [
    rowsOf("user", model.userFactors),
    rowsOf("item", model.itemFactors),
  ]);
}

/** The same of a learner's state in a checkpoint. Throws OutsideFailure when it is torn. */
export function batchOfState(
  generation: Generation,
  stride: number,
  state: Uint8Array,
  atMs: number,
): RowBatch {
  const { appliedOffset, userFactors, itemFactors } = decodeLearnerState(state);
  return wholeBatch(generation, appliedOffset, { stride, userFactors, itemFactors }, atMs);
}
