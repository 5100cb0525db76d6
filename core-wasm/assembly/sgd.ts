// deno-fmt-ignore-file
// Stochastic gradient steps in double precision: losses, learning rates, optimizers (MATHS.md 3).
//
// A model's numbers live in one block; its arrays (a double for each feature slot) elsewhere. The caller fills the block,
// `src/kernels/online_linear.ts` knows the same offsets. Sums run in the order of the features given, without
// vectors: the results are those of the plain formulas, bit by bit.

/** What `learn` does: a gradient step, or the passive-aggressive step. */
export enum Algorithm { GRADIENT = 0, PASSIVE_AGGRESSIVE = 1 }
export enum Loss { SQUARED = 0, ABSOLUTE = 1, HUBER = 2, QUANTILE = 3, EPSILON = 4, POISSON = 5, LOG = 6, HINGE = 7 }
export enum Optimizer { SGD = 0, MOMENTUM = 1, NESTEROV = 2, ADAGRAD = 3, RMSPROP = 4, ADAM = 5, AMSGRAD = 6, ADADELTA = 7, FTRL = 8 }
export enum Schedule { CONSTANT = 0, INVERSE_SCALING = 1, OPTIMAL = 2 }

/** Offsets in the block: 32-bit numbers first, then doubles. */
export namespace At {
  export const ALGORITHM: usize = 0;
  export const LOSS: usize = 4;
  export const OPTIMIZER: usize = 8;
  export const SCHEDULE: usize = 12;
  // Addresses of arrays; 0 where the model has none.
  export const WEIGHTS: usize = 16;
  export const FIRST: usize = 20;    // of the optimizer: velocity, sum of squares, first moment, or z
  export const SECOND: usize = 24;   // second moment, squares of updates, or n
  export const THIRD: usize = 28;    // greatest second moment
  export const PENALTIES: usize = 32; // what l1 has taken from each weight so far
  export const SCALER: usize = 36;   // address of a scaler's block, or 0
  // Parameters.
  export const LOSS_PARAMETER: usize = 40;
  export const LEARNING_RATE: usize = 48;
  export const SCHEDULE_PARAMETER: usize = 56;
  export const RHO: usize = 64;
  export const BETA1: usize = 72;
  export const BETA2: usize = 80;
  export const EPSILON: usize = 88;
  export const FTRL_BETA: usize = 96;
  export const FTRL_L1: usize = 104;
  export const FTRL_L2: usize = 112;
  export const L1: usize = 120;
  export const L2: usize = 128;
  export const CLIP: usize = 136;
  export const INTERCEPT_RATE: usize = 144;
  export const AGGRESSIVENESS: usize = 152; // C of the passive-aggressive step
  export const VARIANT: usize = 160;        // 1 or 2: PA-I or PA-II
  // What changes.
  export const INTERCEPT: usize = 168;
  export const STEPS: usize = 176;
  export const PENALTY: usize = 184;        // what l1 could have taken in all
}

/** dL/dp at the raw prediction p. Targets of LOG and HINGE are 0 or 1. A kink belongs to the side of the violation. */
export function lossGradient(block: usize, y: f64, p: f64): f64 {
  const parameter = load<f64>(block, At.LOSS_PARAMETER);
  switch (load<i32>(block, At.LOSS)) {
    case Loss.ABSOLUTE: return p > y ? 1 : -1;
    case Loss.HUBER: {
      const r = p - y;
      return Math.abs(r) <= parameter ? r : r > 0 ? parameter : -parameter;
    }
    case Loss.QUANTILE: return (y < p ? 1.0 : 0.0) - parameter;
    case Loss.EPSILON: return p > y + parameter ? 1 : p + parameter < y ? -1 : 0;
    case Loss.POISSON: return Math.exp(p) - y;
    case Loss.LOG: {
      const sign = y > 0 ? 1.0 : -1.0, z = p * sign;
      if (z > 18) return -sign * Math.exp(-z);
      if (z < -18) return -sign;
      return -sign / (Math.exp(z) + 1);
    }
    case Loss.HINGE: {
      const sign = y > 0 ? 1.0 : -1.0;
      return sign * p <= parameter ? -sign : 0;
    }
    default: return 2 * (p - y);
  }
}

/** What a raw prediction means: a count, a probability, or itself. */
export function meanOf(block: usize, raw: f64): f64 {
  const loss = load<i32>(block, At.LOSS);
  if (loss == Loss.POISSON) return Math.exp(raw);
  if (loss == Loss.LOG || loss == Loss.HINGE) return 1 / (1 + Math.exp(-raw));
  return raw;
}

/** The learning rate of step t (from 0). */
export function learningRateAt(block: usize, t: f64): f64 {
  const rate = load<f64>(block, At.LEARNING_RATE), parameter = load<f64>(block, At.SCHEDULE_PARAMETER);
  switch (load<i32>(block, At.SCHEDULE)) {
    case Schedule.INVERSE_SCALING: return rate / Math.pow(t + 1, parameter);
    case Schedule.OPTIMAL: return 1 / (rate * (parameter + t));
    default: return rate;
  }
}

/** Nesterov: the weights of these features as they will be if nothing pulls. */
// @ts-ignore: decorator
@inline export function lookAhead(block: usize, indices: usize, count: usize): void {
  const weights = <usize>load<u32>(block, At.WEIGHTS), first = <usize>load<u32>(block, At.FIRST), rho = load<f64>(block, At.RHO);
  for (let k: usize = 0; k < count; k++) {
    const at = <usize>load<u32>(indices + (k << 2)) << 3;
    store<f64>(weights + at, load<f64>(weights + at) - rho * load<f64>(first + at));
  }
}

/**
 * One step of the optimizer on the features given, with gradient `g x + l2 w`; then l1's cumulative penalty
 * (Tsuruoka, Tsujii, Ananiadou 2009). A feature that is not given keeps its weight and its moments.
 */
export function optimizerStep(block: usize, indices: usize, values: usize, count: usize, g: f64): void {
  const weights = <usize>load<u32>(block, At.WEIGHTS), first = <usize>load<u32>(block, At.FIRST);
  const second = <usize>load<u32>(block, At.SECOND), third = <usize>load<u32>(block, At.THIRD);
  const optimizer = load<i32>(block, At.OPTIMIZER), t = load<f64>(block, At.STEPS), l2 = load<f64>(block, At.L2);
  const rho = load<f64>(block, At.RHO), epsilon = load<f64>(block, At.EPSILON);
  const beta1 = load<f64>(block, At.BETA1), beta2 = load<f64>(block, At.BETA2);
  let rate = learningRateAt(block, t);
  if (optimizer == Optimizer.ADAM || optimizer == Optimizer.AMSGRAD) {
    rate = rate * Math.sqrt(1 - Math.pow(beta2, t + 1)) / (1 - Math.pow(beta1, t + 1));
  }
  for (let k: usize = 0; k < count; k++) {
    const at = <usize>load<u32>(indices + (k << 2)) << 3;
    let w = load<f64>(weights + at), gradient = g * load<f64>(values + (k << 3));
    if (l2 != 0) gradient += l2 * w;
    switch (optimizer) {
      case Optimizer.MOMENTUM:
      case Optimizer.NESTEROV: {
        let velocity = load<f64>(first + at);
        if (optimizer == Optimizer.NESTEROV) w += rho * velocity;
        velocity = rho * velocity + rate * gradient;
        store<f64>(first + at, velocity);
        w -= velocity;
        break;
      }
      case Optimizer.ADAGRAD:
      case Optimizer.RMSPROP: {
        const old = load<f64>(first + at), square = gradient * gradient;
        const sum = optimizer == Optimizer.ADAGRAD ? old + square : rho * old + (1 - rho) * square;
        store<f64>(first + at, sum);
        w -= rate / Math.sqrt(sum + epsilon) * gradient;
        break;
      }
      case Optimizer.ADAM:
      case Optimizer.AMSGRAD: {
        const m = beta1 * load<f64>(first + at) + (1 - beta1) * gradient;
        let v = beta2 * load<f64>(second + at) + (1 - beta2) * (gradient * gradient);
        store<f64>(first + at, m);
        store<f64>(second + at, v);
        if (optimizer == Optimizer.AMSGRAD) {
          v = Math.max(load<f64>(third + at), v);
          store<f64>(third + at, v);
        }
        w -= rate * m / (Math.sqrt(v) + epsilon);
        break;
      }
      case Optimizer.ADADELTA: {
        const squares = rho * load<f64>(first + at) + (1 - rho) * (gradient * gradient), updates = load<f64>(second + at);
        const step = -Math.sqrt(updates + epsilon) / Math.sqrt(squares + epsilon) * gradient;
        store<f64>(first + at, squares);
        store<f64>(second + at, rho * updates + (1 - rho) * (step * step));
        w += step;
        break;
      }
      case Optimizer.FTRL: {
        const z = load<f64>(first + at), n = load<f64>(second + at), ftrlL1 = load<f64>(block, At.FTRL_L1);
        if (Math.abs(z) > ftrlL1) {
          const inverse = 1 / ((load<f64>(block, At.FTRL_BETA) + Math.sqrt(n)) / rate + load<f64>(block, At.FTRL_L2));
          w = -inverse * (z - (z > 0 ? ftrlL1 : -ftrlL1));
        }
        const square = gradient * gradient, sigma = (Math.sqrt(n + square) - Math.sqrt(n)) / rate;
        store<f64>(first + at, z + (gradient - sigma * w));
        store<f64>(second + at, n + square);
        break;
      }
      default: w -= rate * gradient;
    }
    store<f64>(weights + at, w);
  }
  store<f64>(block, t + 1, At.STEPS);
  if (load<f64>(block, At.L1) != 0) applyPenalty(block, indices, count);
}

function applyPenalty(block: usize, indices: usize, count: usize): void {
  const weights = <usize>load<u32>(block, At.WEIGHTS), penalties = <usize>load<u32>(block, At.PENALTIES);
  const rate = learningRateAt(block, load<f64>(block, At.STEPS));
  const greatest = load<f64>(block, At.PENALTY) + load<f64>(block, At.L1) * rate;
  store<f64>(block, greatest, At.PENALTY);
  for (let k: usize = 0; k < count; k++) {
    const at = <usize>load<u32>(indices + (k << 2)) << 3;
    const before = load<f64>(weights + at), taken = load<f64>(penalties + at);
    let w = before;
    if (w > 0) w = Math.max(0, w - (greatest + taken));
    else if (w < 0) w = Math.min(0, w + (greatest - taken));
    store<f64>(weights + at, w);
    store<f64>(penalties + at, taken + (w - before));
  }
}
