// deno-fmt-ignore-file
// Linear models over feature slots, with or without a scaler before them. `indices`: a u32 for each feature given, its
// slot; `values`: a double each. The block is that of sgd.ts. A scaler's block: addresses of counts, means, variances.
import { denseProgressive, isDense } from "./linear_dense";
import { Algorithm, At, Loss, Optimizer, lookAhead, lossGradient, meanOf, optimizerStep } from "./sgd";

/** Welford: n += 1; m' = m + (x - m)/n; v += ((x - m)(x - m') - v)/n. A feature that is not given is untouched. */
export function scalerLearn(scaler: usize, indices: usize, values: usize, count: i32): void {
  const counts = <usize>load<u32>(scaler), means = <usize>load<u32>(scaler, 4), variances = <usize>load<u32>(scaler, 8);
  for (let k: usize = 0; k < <usize>count; k++) {
    const at = <usize>load<u32>(indices + (k << 2)) << 3, x = load<f64>(values + (k << 3));
    const n = load<f64>(counts + at) + 1, old = load<f64>(means + at), v = load<f64>(variances + at);
    const mean = old + (x - old) / n;
    store<f64>(counts + at, n);
    store<f64>(means + at, mean);
    store<f64>(variances + at, v + ((x - old) * (x - mean) - v) / n);
  }
}

/** out = (x - m)/√v, 0 where v is 0. */
export function scalerTransform(scaler: usize, indices: usize, values: usize, out: usize, count: i32): void {
  const means = <usize>load<u32>(scaler, 4), variances = <usize>load<u32>(scaler, 8);
  for (let k: usize = 0; k < <usize>count; k++) {
    const at = <usize>load<u32>(indices + (k << 2)) << 3, v = load<f64>(variances + at);
    store<f64>(out + (k << 3), v > 0 ? (load<f64>(values + (k << 3)) - load<f64>(means + at)) / Math.sqrt(v) : 0);
  }
}

// @ts-ignore: decorator
@inline function rawDot(block: usize, indices: usize, values: usize, count: usize): f64 {
  const weights = <usize>load<u32>(block, At.WEIGHTS);
  let sum: f64 = 0;
  for (let k: usize = 0; k < count; k++) {
    sum += load<f64>(weights + (<usize>load<u32>(indices + (k << 2)) << 3)) * load<f64>(values + (k << 3));
  }
  return sum + load<f64>(block, At.INTERCEPT);
}

// @ts-ignore: decorator
@inline function squaredNorm(values: usize, count: usize): f64 {
  let sum: f64 = 0;
  for (let k: usize = 0; k < count; k++) { const x = load<f64>(values + (k << 3)); sum += x * x; }
  return sum;
}

function gradientLearn(block: usize, indices: usize, values: usize, count: usize, target: f64): void {
  if (load<i32>(block, At.OPTIMIZER) == Optimizer.NESTEROV) lookAhead(block, indices, count);
  const clip = load<f64>(block, At.CLIP);
  const g = Math.max(-clip, Math.min(clip, lossGradient(block, target, rawDot(block, indices, values, count))));
  store<f64>(block, load<f64>(block, At.INTERCEPT) - load<f64>(block, At.INTERCEPT_RATE) * g, At.INTERCEPT);
  optimizerStep(block, indices, values, count, g);
}

/** Crammer et al. 2006: τ = min(C, loss/‖x‖²) (PA-I) or loss/(‖x‖² + 1/2C) (PA-II); the intercept is not in ‖x‖². */
function passiveAggressiveLearn(block: usize, indices: usize, values: usize, count: usize, target: f64): void {
  const p = rawDot(block, indices, values, count), isClassifier = load<i32>(block, At.LOSS) == Loss.HINGE;
  const parameter = load<f64>(block, At.LOSS_PARAMETER), c = load<f64>(block, At.AGGRESSIVENESS);
  const sign: f64 = isClassifier ? (target > 0 ? 1 : -1) : target > p ? 1 : -1;
  const loss = Math.max(0, isClassifier ? parameter - sign * p : Math.abs(target - p) - parameter);
  const norm = squaredNorm(values, count);
  let tau: f64;
  if (load<f64>(block, At.VARIANT) == 2) tau = loss / (norm + 0.5 / c);
  else tau = norm > 0 ? Math.min(c, loss / norm) : 0;
  addScaled(block, indices, values, count, tau * sign);
  store<f64>(block, load<f64>(block, At.INTERCEPT) + tau * sign, At.INTERCEPT);
}

// @ts-ignore: decorator
@inline function addScaled(block: usize, indices: usize, values: usize, count: usize, step: f64): void {
  const weights = <usize>load<u32>(block, At.WEIGHTS);
  for (let k: usize = 0; k < count; k++) {
    const at = weights + (<usize>load<u32>(indices + (k << 2)) << 3);
    store<f64>(at, load<f64>(at) + step * load<f64>(values + (k << 3)));
  }
}

/** The raw prediction (before the mean function). `work`: room for `count` doubles, used where a scaler stands before the model. */
export function linearRaw(block: usize, indices: usize, values: usize, count: i32, work: usize): f64 {
  const scaler = <usize>load<u32>(block, At.SCALER);
  if (!scaler) return rawDot(block, indices, values, <usize>count);
  scalerTransform(scaler, indices, values, work, count);
  return rawDot(block, indices, work, <usize>count);
}

export function linearMean(block: usize, raw: f64): f64 { return meanOf(block, raw); }

/** Learns one observation; the updated scaler transforms it first. `work` as linearRaw. */
export function linearLearn(block: usize, indices: usize, values: usize, count: i32, target: f64, work: usize): void {
  const scaler = <usize>load<u32>(block, At.SCALER);
  let x = values;
  if (scaler) {
    scalerLearn(scaler, indices, values, count);
    scalerTransform(scaler, indices, values, work, count);
    x = work;
  }
  if (load<i32>(block, At.ALGORITHM) == Algorithm.PASSIVE_AGGRESSIVE) {
    passiveAggressiveLearn(block, indices, x, <usize>count, target);
  } else {
    gradientLearn(block, indices, x, <usize>count, target);
  }
}

/** A step of the optimizer with a gradient that the caller reckoned: no intercept, no scaler. */
export function linearStep(block: usize, indices: usize, values: usize, count: i32, gradient: f64): void {
  optimizerStep(block, indices, values, <usize>count, gradient);
}

/** To be called before the prediction that such a gradient comes from: Nesterov's weights as they will be. */
export function linearLookAhead(block: usize, indices: usize, count: i32): void {
  if (load<i32>(block, At.OPTIMIZER) == Optimizer.NESTEROV) lookAhead(block, indices, <usize>count);
}

/** Predict, then learn, row after row: predictions[r] = mean of row r before it is learnt. Rows of `columns` doubles. */
export function linearProgressive(
  block: usize, indices: usize, columns: i32, rows: usize, targets: usize, rowCount: i32, predictions: usize, work: usize,
): void {
  if (isDense(block, indices, columns)) {
    denseProgressive(block, load<u32>(indices), columns, rows, targets, rowCount, predictions, work);
    return;
  }
  for (let r: usize = 0; r < <usize>rowCount; r++, rows += <usize>columns << 3) {
    store<f64>(predictions + (r << 3), meanOf(block, linearRaw(block, indices, rows, columns, work)));
    linearLearn(block, indices, rows, columns, load<f64>(targets + (r << 3)), work);
  }
}
