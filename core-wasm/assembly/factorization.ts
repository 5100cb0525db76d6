// deno-fmt-ignore-file
// Online recommenders over (user, item, value): p = μ + b_u + b_i + u·v, each part optional. Rows of `rowBytes`: the
// bias first, a double that means nothing, then the factors, an even number of doubles (the last may be padding of 0).
// The block: doubles mean, count, learning rates of biases and factors, l2 of both, clip; then i32 flags.

namespace At {
  export const MEAN: usize = 0;
  export const COUNT: usize = 8;
  export const BIAS_RATE: usize = 16;
  export const FACTOR_RATE: usize = 24;
  export const BIAS_L2: usize = 32;
  export const FACTOR_L2: usize = 40;
  export const CLIP: usize = 48;
  export const HAS_BIASES: usize = 56;
}
const FACTORS: usize = 16;

/** p of two rows; an address of 0 stands for a user or item that nothing is known of. */
export function factorizationPredict(block: usize, user: usize, item: usize, rowBytes: usize): f64 {
  let sum: f64 = 0;
  if (load<i32>(block, At.HAS_BIASES)) {
    sum = load<f64>(block, At.MEAN);
    if (user) sum += load<f64>(user);
    if (item) sum += load<f64>(item);
  }
  if (!user || !item) return sum;
  let dot = f64x2.splat(0);
  for (let j = FACTORS; j < rowBytes; j += 16) dot = f64x2.add(dot, f64x2.mul(v128.load(user + j), v128.load(item + j)));
  return sum + (f64x2.extract_lane(dot, 0) + f64x2.extract_lane(dot, 1));
}

/** One step on squared loss: μ first, then biases and factors at once, from the rows as they were. */
export function factorizationLearn(block: usize, user: usize, item: usize, rowBytes: usize, value: f64): void {
  const hasBiases = load<i32>(block, At.HAS_BIASES), clip = load<f64>(block, At.CLIP);
  if (hasBiases) {
    const n = load<f64>(block, At.COUNT) + 1, mean = load<f64>(block, At.MEAN);
    store<f64>(block, n, At.COUNT);
    store<f64>(block, mean + (1 / n) * (value - mean), At.MEAN);
  }
  const g = Math.max(-clip, Math.min(clip, 2 * (factorizationPredict(block, user, item, rowBytes) - value)));
  if (hasBiases) {
    const rate = load<f64>(block, At.BIAS_RATE), l2 = load<f64>(block, At.BIAS_L2), bu = load<f64>(user), bi = load<f64>(item);
    store<f64>(user, bu - rate * (g + l2 * bu));
    store<f64>(item, bi - rate * (g + l2 * bi));
  }
  const rate = f64x2.splat(load<f64>(block, At.FACTOR_RATE)), l2 = f64x2.splat(load<f64>(block, At.FACTOR_L2)), gg = f64x2.splat(g);
  for (let j = FACTORS; j < rowBytes; j += 16) {
    const u = v128.load(user + j), v = v128.load(item + j);
    v128.store(user + j, f64x2.sub(u, f64x2.mul(rate, f64x2.add(f64x2.mul(gg, v), f64x2.mul(l2, u)))));
    v128.store(item + j, f64x2.sub(v, f64x2.mul(rate, f64x2.add(f64x2.mul(gg, u), f64x2.mul(l2, v)))));
  }
}

/**
 * Predict, then learn, event after event. `users`, `items`: u32 row indexes of rows that exist.
 * A prediction uses a row only where `known` (a byte a row of users, then of items) says that it was learnt before.
 */
export function factorizationProgressive(
  block: usize, userRows: usize, itemRows: usize, rowBytes: usize, users: usize, items: usize, values: usize,
  count: i32, knownUsers: usize, knownItems: usize, predictions: usize,
): void {
  for (let r: usize = 0; r < <usize>count; r++) {
    const u = <usize>load<u32>(users + (r << 2)), i = <usize>load<u32>(items + (r << 2));
    const user = userRows + u * rowBytes, item = itemRows + i * rowBytes;
    const p = factorizationPredict(block, load<u8>(knownUsers + u) ? user : 0, load<u8>(knownItems + i) ? item : 0, rowBytes);
    store<f64>(predictions + (r << 3), p);
    store<u8>(knownUsers + u, 1);
    store<u8>(knownItems + i, 1);
    factorizationLearn(block, user, item, rowBytes, load<f64>(values + (r << 3)));
  }
}
