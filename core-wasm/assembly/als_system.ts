// deno-fmt-ignore-file
// What the row of a half-step minimises, for either kind of feedback.
import { HalfStep } from "./layout";
import { clearLastEntries, listRows, RowScratch, weightedNorm } from "./als_rows";
import { setConfidences, setImplicitDiagonals } from "./als_implicit";
import { setExplicitDiagonals, setRatings } from "./als_explicit";

/** D and the inverse preconditioner of a row of n entries. */
export function setDiagonals(step: HalfStep, row: usize, n: usize, scratch: RowScratch): void {
  if (step.isExplicit) setExplicitDiagonals(step, row, n, scratch);
  else setImplicitDiagonals(step, row, scratch);
}

/** The lists of the n entries from `at` on; the scratch is laid out for them. */
export function setEntries(step: HalfStep, at: usize, n: usize, scratch: RowScratch): void {
  listRows(step.indices + (at << 2), n, step.fixed, step.rowBytes, scratch);
  clearLastEntries(scratch);
  if (step.isExplicit) setRatings(step, at, n, scratch);
  else setConfidences(step, at, n, scratch);
}

/** What a row moved to x adds to the loss of the half-step, f being its part of the whole; D must still be in the scratch. */
export function lossOf(step: HalfStep, row: usize, x: usize, f: f64, scratch: RowScratch): f64 {
  if (step.isWholeLoss) return f;
  if (step.isExplicit) return weightedNorm(scratch.diagonal, x, step.rowBytes);
  return <f64>load<f32>(step.regularization + (row << 2)) * squaredNorm(x, step.rowBytes);
}

// @ts-ignore: decorator
@inline function squaredNorm(x: usize, rowBytes: usize): f64 {
  let low = f64x2.splat(0), high = low;
  for (let j: usize = 0; j < rowBytes; j += 16) {
    const a = v128.load(x + j);
    let y = f64x2.promote_low_f32x4(a);
    low = f64x2.add(low, f64x2.mul(y, y));
    y = f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 2, 3));
    high = f64x2.add(high, f64x2.mul(y, y));
  }
  low = f64x2.add(low, high);
  return f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
}
