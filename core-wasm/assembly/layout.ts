// deno-fmt-ignore-file
// Linear memory: [constant tables of the compiler | arena, filled from TypeScript from heapBase() upwards].
// The module has no statics of its own and no heap: all workers share one memory (core-wasm/README.md).

/** Regions of the arena begin at multiples of this many bytes: a cache line, so that no two workers share one. */
export const ALIGNMENT: usize = 64;

/** First address that belongs to the arena. */
export function heapBase(): usize { return (__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1); }

/**
 * Takes the next `count` numbers from a cursor (one u32, set to 0 before a phase) and gives the first of them. Work is
 * handed out this way, so that a slow worker takes less of it; what is computed must not depend on who computes it.
 */
// @ts-ignore: decorator
@inline export function takeNext(cursor: usize, count: u32): u32 {
  if (FAST) return atomic.add<u32>(cursor, count);
  const first = load<u32>(cursor);
  store<u32>(cursor, first + count);
  return first;
}

/**
 * What a half-step of ALS works on: one side's rows are solved, the other side's are fixed. Written by
 * src/kernels/half_step.ts, field by field in this order, 4 bytes each. Rows are floats, `rowBytes` bytes each.
 */
@unmanaged export class HalfStep {
  /** Rows to move, and the addresses of: their order (u32 each, heavy rows first), their CSR. */
  rowCount: u32;
  order: usize;
  indptr: usize;
  indices: usize;
  values: usize;
  /** The rows that are moved (they hold the previous solution), and the fixed ones. */
  solved: usize;
  fixed: usize;
  fixedCount: u32;
  rowBytes: usize;
  factorCount: u32;
  isExplicit: u32;
  /** λ of each moved row: address of floats. */
  regularization: usize;
  /**
   * Units of work: unit k is order[units[k] .. units[k + 1]). The first `groupCount` of them are groups, whose rows are moved
   * together over blocks of `blockRows` fixed rows (als_groups.ts). `cursor` counts units.
   */
  units: usize;
  unitCount: u32;
  groupCount: u32;
  blockRows: u32;
  cursor: usize;
  /** f64 for each unit: what its rows add to the loss. */
  losses: usize;
  /** Whether `losses` holds the whole loss of the row, or its regularization alone. */
  isWholeLoss: u32;
  /** Steps of conjugate gradients. */
  steps: u32;
  /** Rows count as 0 before they are moved, whatever they hold (implicit only). */
  isFromZero: u32;
  /** Λ of the Gram matrix of the fixed rows: address of floats. */
  eigenvalues: usize;
  /** Implicit: weight of each solved row in the dense part; scale of the values. */
  denseWeights: usize;
  confidenceScale: f32;
  /** Explicit: where the bias stands in a solved row; μ; constant regularization of a bias. */
  ownBias: u32;
  globalMean: f32;
  biasRegularization: f32;
}
