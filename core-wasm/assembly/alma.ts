// deno-fmt-ignore-file
// ALMA: approximate large margin by p-norms (Gentile 2001). The block: doubles p, α, B, C, k (updates so far plus 1), then
// the address of the weights as u32.

namespace At {
  export const P: usize = 0;
  export const ALPHA: usize = 8;
  export const B: usize = 16;
  export const C: usize = 24;
  export const K: usize = 32;
  export const WEIGHTS: usize = 40;
}

/** w·x. */
export function almaRaw(block: usize, indices: usize, values: usize, count: i32): f64 {
  const weights = <usize>load<u32>(block, At.WEIGHTS);
  let sum: f64 = 0;
  for (let k: usize = 0; k < <usize>count; k++) {
    sum += load<f64>(values + (k << 3)) * load<f64>(weights + (<usize>load<u32>(indices + (k << 2)) << 3));
  }
  return sum;
}

function normOf(weights: usize, slotCount: usize, p: f64): f64 {
  let sum: f64 = 0;
  if (p == 2) {
    for (let s: usize = 0; s < slotCount; s++) { const w = load<f64>(weights + (s << 3)); sum += w * w; }
    return Math.sqrt(sum);
  }
  for (let s: usize = 0; s < slotCount; s++) sum += Math.pow(Math.abs(load<f64>(weights + (s << 3))), p);
  return Math.pow(sum, 1 / p);
}

/**
 * Where `sign · w·x` is below (1 - α) γ, γ = B √(p-1)/√k: `w += C/(√(p-1) √k) sign x`, and back into the unit ball. All
 * weights are divided by the norm, also those of features that are not given: the projection of the paper.
 */
export function almaLearn(block: usize, indices: usize, values: usize, count: i32, slotCount: i32, sign: f64): void {
  const weights = <usize>load<u32>(block, At.WEIGHTS), p = load<f64>(block, At.P), k = load<f64>(block, At.K);
  const margin = load<f64>(block, At.B) * Math.sqrt(p - 1) / Math.sqrt(k);
  if (sign * almaRaw(block, indices, values, count) >= (1 - load<f64>(block, At.ALPHA)) * margin) return;
  const step = load<f64>(block, At.C) / (Math.sqrt(p - 1) * Math.sqrt(k)) * sign;
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = weights + (<usize>load<u32>(indices + (i << 2)) << 3);
    store<f64>(at, load<f64>(at) + step * load<f64>(values + (i << 3)));
  }
  store<f64>(block, k + 1, At.K);
  const norm = normOf(weights, <usize>slotCount, p);
  if (norm <= 1) return;
  for (let s: usize = 0; s < <usize>slotCount; s++) store<f64>(weights + (s << 3), load<f64>(weights + (s << 3)) / norm);
}
