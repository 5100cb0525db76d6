// deno-fmt-ignore-file
// The usual case of linear.ts once more, without looking slots up and two features at a time: a scaler, a model with plain
// gradient steps, and rows whose features have consecutive slots. Every operation is the one of linear.ts, sums run in the
// same order: the results are the same, bit by bit (tests/kernels/online_linear_test.ts holds both against each other).
import { Algorithm, At, Optimizer, learningRateAt, lossGradient, meanOf } from "./sgd";

/** Whether `denseProgressive` does the same as the loop of linear.ts. */
export function isDense(block: usize, indices: usize, columns: i32): bool {
  if (!load<u32>(block, At.SCALER) || load<i32>(block, At.ALGORITHM) != Algorithm.GRADIENT) return false;
  if (load<i32>(block, At.OPTIMIZER) != Optimizer.SGD || load<f64>(block, At.L1) != 0) return false;
  for (let k = 1; k < columns; k++) {
    if (load<u32>(indices + (<usize>k << 2)) != load<u32>(indices) + k) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline function scaledPair(x: v128, mean: v128, variance: v128): v128 {
  const zero = f64x2.splat(0);
  return v128.bitselect(f64x2.div(f64x2.sub(x, mean), f64x2.sqrt(variance)), zero, f64x2.gt(variance, zero));
}

// @ts-ignore: decorator
@inline function scaledOne(x: f64, mean: f64, variance: f64): f64 {
  return variance > 0 ? (x - mean) / Math.sqrt(variance) : 0;
}

/** w·scaled x, by what the scaler knew before this row. */
function denseRaw(weights: usize, means: usize, variances: usize, row: usize, bytes: usize): f64 {
  let sum: f64 = 0, at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const z = scaledPair(v128.load(row + at), v128.load(means + at), v128.load(variances + at));
    const products = f64x2.mul(v128.load(weights + at), z);
    sum += f64x2.extract_lane(products, 0);
    sum += f64x2.extract_lane(products, 1);
  }
  if (at < bytes) sum += load<f64>(weights + at) * scaledOne(load<f64>(row + at), load<f64>(means + at), load<f64>(variances + at));
  return sum;
}

/** The scaler learns the row, and scales it into `work`; gives w·scaled x. */
function denseScale(scaler: usize, offset: usize, weights: usize, row: usize, work: usize, bytes: usize): f64 {
  const counts = <usize>load<u32>(scaler) + offset, means = <usize>load<u32>(scaler, 4) + offset;
  const variances = <usize>load<u32>(scaler, 8) + offset, one = f64x2.splat(1);
  let sum: f64 = 0, at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const x = v128.load(row + at), old = v128.load(means + at), before = v128.load(variances + at);
    const n = f64x2.add(v128.load(counts + at), one), difference = f64x2.sub(x, old);
    const mean = f64x2.add(old, f64x2.div(difference, n));
    const change = f64x2.sub(f64x2.mul(difference, f64x2.sub(x, mean)), before);
    const variance = f64x2.add(before, f64x2.div(change, n));
    v128.store(counts + at, n);
    v128.store(means + at, mean);
    v128.store(variances + at, variance);
    const z = scaledPair(x, mean, variance), products = f64x2.mul(v128.load(weights + at), z);
    v128.store(work + at, z);
    sum += f64x2.extract_lane(products, 0);
    sum += f64x2.extract_lane(products, 1);
  }
  if (at < bytes) {
    const x = load<f64>(row + at), old = load<f64>(means + at), before = load<f64>(variances + at);
    const n = load<f64>(counts + at) + 1, mean = old + (x - old) / n;
    const variance = before + ((x - old) * (x - mean) - before) / n;
    store<f64>(counts + at, n);
    store<f64>(means + at, mean);
    store<f64>(variances + at, variance);
    const z = scaledOne(x, mean, variance);
    store<f64>(work + at, z);
    sum += load<f64>(weights + at) * z;
  }
  return sum;
}

/** w -= rate (g z + l2 w) */
function denseStep(weights: usize, work: usize, bytes: usize, rate: f64, g: f64, l2: f64): void {
  const rates = f64x2.splat(rate), gs = f64x2.splat(g), l2s = f64x2.splat(l2);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    const w = v128.load(weights + at);
    let gradient = f64x2.mul(gs, v128.load(work + at));
    if (l2 != 0) gradient = f64x2.add(gradient, f64x2.mul(l2s, w));
    v128.store(weights + at, f64x2.sub(w, f64x2.mul(rates, gradient)));
  }
  if (at < bytes) {
    const w = load<f64>(weights + at);
    let gradient = g * load<f64>(work + at);
    if (l2 != 0) gradient += l2 * w;
    store<f64>(weights + at, w - rate * gradient);
  }
}

/** Predict, then learn, row after row, from the slot `first` on. */
export function denseProgressive(
  block: usize, first: u32, columns: i32, rows: usize, targets: usize, rowCount: i32, predictions: usize, work: usize,
): void {
  const scaler = <usize>load<u32>(block, At.SCALER), offset = <usize>first << 3, bytes = <usize>columns << 3;
  const weights = <usize>load<u32>(block, At.WEIGHTS) + offset;
  const means = <usize>load<u32>(scaler, 4) + offset, variances = <usize>load<u32>(scaler, 8) + offset;
  const clip = load<f64>(block, At.CLIP), l2 = load<f64>(block, At.L2), interceptRate = load<f64>(block, At.INTERCEPT_RATE);
  for (let r: usize = 0; r < <usize>rowCount; r++, rows += bytes) {
    const intercept = load<f64>(block, At.INTERCEPT), t = load<f64>(block, At.STEPS);
    store<f64>(predictions + (r << 3), meanOf(block, denseRaw(weights, means, variances, rows, bytes) + intercept));
    const raw = denseScale(scaler, offset, weights, rows, work, bytes) + intercept;
    const g = Math.max(-clip, Math.min(clip, lossGradient(block, load<f64>(targets + (r << 3)), raw)));
    store<f64>(block, intercept - interceptRate * g, At.INTERCEPT);
    denseStep(weights, work, bytes, learningRateAt(block, t), g, l2);
    store<f64>(block, t + 1, At.STEPS);
  }
}
