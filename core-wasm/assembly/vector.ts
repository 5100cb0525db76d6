// deno-fmt-ignore-file
// Vectors of f32 whose length is a multiple of 8 (the stride of a factor row, 32 bytes a step).

/** 1 in the `fast` build (relaxed SIMD, shared memory, threads), 0 in `portable`. */
// @ts-ignore: given by the compiler's --use
@inline export function isFast(): bool { return FAST != 0; }

/** a*b + c. Fused where the build may be relaxed; two roundings where it must be the same on every machine. */
// @ts-ignore: decorator
@inline export function mulAdd(a: v128, b: v128, c: v128): v128 {
  if (isFast()) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c - a*b. */
// @ts-ignore: decorator
@inline export function mulSub(a: v128, b: v128, c: v128): v128 {
  if (isFast()) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** Zeros from `at` on; `bytes` is a multiple of 16. */
// @ts-ignore: decorator
@inline export function clear(at: usize, bytes: usize): void {
  for (let j: usize = 0; j < bytes; j += 16) v128.store(at + j, f32x4.splat(0));
}

/** Sum of four lanes, always as (0+2)+(1+3). */
// @ts-ignore: decorator
@inline export function sumLanes(a: v128): f32 {
  const b = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(b, 0) + f32x4.extract_lane(b, 1);
}

/**
 * The canonical dot product: the score, on every path and in both builds.
 * Two accumulators of four lanes over steps of 8 values, multiply then add (never fused), then first + second, then
 * (lane 0 + lane 2) + (lane 1 + lane 3). `tests/reference/canonical_dot.ts` is the same in plain arithmetic.
 */
// @ts-ignore: decorator
@inline export function canonicalDot(a: usize, b: usize, rowBytes: usize): f32 {
  let even = f32x4.splat(0), odd = f32x4.splat(0);
  for (let j: usize = 0; j < rowBytes; j += 32) {
    even = f32x4.add(even, f32x4.mul(v128.load(a + j), v128.load(b + j)));
    odd = f32x4.add(odd, f32x4.mul(v128.load(a + j, 16), v128.load(b + j, 16)));
  }
  return sumLanes(f32x4.add(even, odd));
}

/** Dot product for the inside of solvers: same order, may be fused. */
// @ts-ignore: decorator
@inline export function dot(a: usize, b: usize, rowBytes: usize): f32 {
  let even = f32x4.splat(0), odd = f32x4.splat(0);
  for (let j: usize = 0; j < rowBytes; j += 32) {
    even = mulAdd(v128.load(a + j), v128.load(b + j), even);
    odd = mulAdd(v128.load(a + j, 16), v128.load(b + j, 16), odd);
  }
  return sumLanes(f32x4.add(even, odd));
}
