/** What of a fit's inputs follows from the ratings by counting: range of values, weights, λ of each row. */
import type { Arena } from "./arena.ts";
import type { AlsMemory, FitSize, SideMemory } from "./als_memory.ts";

/** Mean, as the float that kernels compute with, smallest and greatest value. */
export interface ValueRange {
  readonly mean: number;
  readonly min: number;
  readonly max: number;
}

export function rangeOf(values: Float32Array): ValueRange {
  let sum = 0, min = Infinity, max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { mean: Math.fround(sum / values.length), min, max };
}

/** Writes weights and λ of both sides. */
export function weighRows(arena: Arena, memory: AlsMemory, size: FitSize): void {
  if (size.parameters.feedback === "explicit") weighExplicit(arena, memory, size);
  else weighImplicit(arena, memory, size);
}

/** Calls `write` with each row's number of entries. */
function eachCount(arena: Arena, side: SideMemory, write: (row: number, n: number) => void): void {
  const indptr = arena.u32(side.indptr, side.rowCount + 1);
  for (let row = 0; row < side.rowCount; row++) write(row, indptr[row + 1] - indptr[row]);
}

/** Weights: the row's share of all ratings, so that their Gram matrix is the mean of y yᵀ over ratings. λ_r = λ n_r. */
function weighExplicit(arena: Arena, memory: AlsMemory, { parameters, interactionCount }: FitSize): void {
  for (const side of [memory.users, memory.items]) {
    const weights = arena.f32(side.weights, side.rowCount),
      lambdas = arena.f32(side.regularization, side.rowCount);
    eachCount(arena, side, (row, n) => {
      weights[row] = n / interactionCount;
      lambdas[row] = parameters.regularization * n;
    });
  }
}

/** base ** exponent: the usual exponents without a power, of which a large set needs many. */
function power(base: number, exponent: number): number {
  return exponent === 1 ? base : exponent === 0 ? 1 : base ** exponent;
}

/** Weights: 1 for users, w_i ∝ n_i^ω with mean 1 for items. λ_r = λ (n_r + the row's weight in the dense part)^ν. */
function weighImplicit(arena: Arena, { users, items }: AlsMemory, { parameters }: FitSize): void {
  const { regularization, unobservedWeight, popularityExponent, frequencyExponent } = parameters;
  const weights = arena.f32(items.weights, items.rowCount);
  let sum = 0;
  eachCount(arena, items, (_, n) => sum += power(n, popularityExponent));
  eachCount(arena, items, (row, n) => weights[row] = power(n, popularityExponent) * items.rowCount / sum);
  arena.f32(users.weights, users.rowCount).fill(1);

  const lambdaOf = (frequency: number) => regularization * power(frequency, frequencyExponent);
  const userLambdas = arena.f32(users.regularization, users.rowCount);
  eachCount(arena, users, (row, n) => userLambdas[row] = lambdaOf(n + unobservedWeight * items.rowCount));
  const itemLambdas = arena.f32(items.regularization, items.rowCount);
  eachCount(arena, items, (row, n) => {
    itemLambdas[row] = lambdaOf(n + unobservedWeight * weights[row] * users.rowCount);
  });
}
