// deno-fmt-ignore-file
// Factorization machines over feature slots (Rendle 2010): p = b + Σ w x + Σ_{i<j} (v_i·v_j) x_i x_j, the last sum as
// ½ Σ_f ((Σ v x)² - Σ (v x)²). Rows by slot, `rowBytes` each: w, a double that means nothing, the factors, an even number
// of doubles. The block is that of sgd.ts (its WEIGHTS: the rows; l1 and l2: of w) and goes on with what factors need.
import { At, lossGradient, meanOf } from "./sgd";

namespace More {
  export const FACTOR_RATE: usize = 192;
  export const FACTOR_L1: usize = 200;
  export const FACTOR_L2: usize = 208;
  export const ROW_BYTES: usize = 216;
}
const FACTORS: usize = 16;

// @ts-ignore: decorator
@inline function signOf(x: f64): f64 { return x > 0 ? 1 : x < 0 ? -1 : 0; }

/** The raw prediction. `sums`: room for the factors of a row; holds Σ v x after. */
export function machineRaw(block: usize, indices: usize, values: usize, count: i32, sums: usize): f64 {
  const rows = <usize>load<u32>(block, At.WEIGHTS), rowBytes = <usize>load<u32>(block, More.ROW_BYTES);
  for (let j = FACTORS; j < rowBytes; j += 16) v128.store(sums + j - FACTORS, f64x2.splat(0));
  let linear: f64 = 0, squares = f64x2.splat(0);
  for (let k: usize = 0; k < <usize>count; k++) {
    const row = rows + <usize>load<u32>(indices + (k << 2)) * rowBytes, x = load<f64>(values + (k << 3)), xx = f64x2.splat(x);
    linear += x * load<f64>(row);
    for (let j = FACTORS; j < rowBytes; j += 16) {
      const vx = f64x2.mul(v128.load(row + j), xx);
      v128.store(sums + j - FACTORS, f64x2.add(v128.load(sums + j - FACTORS), vx));
      squares = f64x2.add(squares, f64x2.mul(vx, vx));
    }
  }
  let both = f64x2.splat(0);
  for (let j = FACTORS; j < rowBytes; j += 16) {
    const sum = v128.load(sums + j - FACTORS);
    both = f64x2.add(both, f64x2.mul(sum, sum));
  }
  both = f64x2.sub(both, squares);
  return load<f64>(block, At.INTERCEPT) + linear + 0.5 * (f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
}

/** What a raw prediction means. */
export function machineMean(block: usize, raw: f64): f64 { return meanOf(block, raw); }

/**
 * One step on `g x + l1 sign w + l2 w`, and for each factor on `g (x Σ v x - v x²) + l1 sign v + l2 v`, all from the rows as
 * they were. A rate of 0 for w is for a model that has none.
 */
export function machineLearn(block: usize, indices: usize, values: usize, count: i32, target: f64, sums: usize): void {
  const rows = <usize>load<u32>(block, At.WEIGHTS), rowBytes = <usize>load<u32>(block, More.ROW_BYTES);
  const clip = load<f64>(block, At.CLIP), raw = machineRaw(block, indices, values, count, sums);
  const g = Math.max(-clip, Math.min(clip, lossGradient(block, target, raw)));
  const rate = load<f64>(block, At.LEARNING_RATE), l1 = load<f64>(block, At.L1), l2 = load<f64>(block, At.L2);
  const factorRate = load<f64>(block, More.FACTOR_RATE);
  const factorL1 = load<f64>(block, More.FACTOR_L1), factorL2 = load<f64>(block, More.FACTOR_L2);
  store<f64>(block, load<f64>(block, At.INTERCEPT) - load<f64>(block, At.INTERCEPT_RATE) * g, At.INTERCEPT);
  for (let k: usize = 0; k < <usize>count; k++) {
    const row = rows + <usize>load<u32>(indices + (k << 2)) * rowBytes, x = load<f64>(values + (k << 3));
    const w = load<f64>(row);
    store<f64>(row, w - rate * (g * x + l1 * signOf(w) + l2 * w));
    for (let j = FACTORS; j < rowBytes; j += 8) {
      const v = load<f64>(row + j), slope = g * (x * load<f64>(sums + j - FACTORS) - v * (x * x));
      store<f64>(row + j, v - factorRate * (slope + factorL1 * signOf(v) + factorL2 * v));
    }
  }
}
