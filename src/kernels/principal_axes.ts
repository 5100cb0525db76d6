/** The few directions in which rows are longest: what a scan looks at first. */
import type { ItemRows } from "./item_index.ts";

/** `count` orthonormal rows of `stride` floats, in order of falling importance. */
export interface Axes {
  /** 0: few directions say too little, or rows are too short for it to be worth while. Else a multiple of 8 less 1. */
  readonly count: number;
  readonly rows: Float32Array;
  /** ‖B Bᵀ - I‖ (Frobenius), B being `rows`. */
  readonly error: number;
}

const NO_AXES: Axes = { count: 0, rows: new Float32Array(0), error: 0 };

/** Rows that are looked at. Any directions give right answers, so a part of the rows is enough. */
const SAMPLE = 1024;
/** Rounds of subspace iteration: what is hardly longer than the rest need not be told from it. */
const ROUNDS = 8;
/** Axes are worth while if they leave out no more than this share of what the rows have besides their first direction. */
const MOST_LEFT = 0.3;

/** Numbers of axes that are tried: with one column for what they leave out they make whole steps of the scan. */
const COUNTS = [7, 15, 23, 31];

/**
 * By subspace iteration on the Gram matrix of a sample (Golub and Van Loan, Matrix Computations, 8.2.4). At most half as
 * many as columns. Deterministic.
 */
export function principalAxes(items: ItemRows): Axes {
  const { stride } = items, most = COUNTS.filter((count) => count + 1 <= stride / 2).at(-1);
  if (most === undefined) return NO_AXES;
  const gram = sampledGram(items);
  const vectors = Array.from({ length: most }, (_, c) => startVector(stride, c));
  orthonormalize(vectors);
  for (let round = 0; round < ROUNDS; round++) {
    for (const vector of vectors) vector.set(product(gram, vector));
    orthonormalize(vectors);
  }
  const lengths = vectors.map((vector) => dot(product(gram, vector), vector));
  const order = lengths.map((_, c) => c).sort((a, b) => lengths[b] - lengths[a]);
  const total = gram.reduce((sum, row, j) => sum + row[j], 0);
  let left = total;
  for (const [c, at] of order.entries()) {
    left -= lengths[at];
    if (COUNTS.includes(c + 1) && left <= MOST_LEFT * (total - lengths[order[0]])) {
      return axesOf(order.slice(0, c + 1).map((k) => vectors[k]), stride);
    }
  }
  return NO_AXES;
}

function axesOf(vectors: readonly Float64Array[], stride: number): Axes {
  const rows = new Float32Array(vectors.length * stride);
  vectors.forEach((vector, c) => rows.set(vector, c * stride));
  let squares = 0;
  for (let a = 0; a < vectors.length; a++) {
    for (let b = 0; b < vectors.length; b++) {
      let sum = a === b ? -1 : 0;
      for (let j = 0; j < stride; j++) sum += rows[a * stride + j] * rows[b * stride + j];
      squares += sum * sum;
    }
  }
  const error = Math.sqrt(squares);
  // Rows of nearly no length, or not finite, have no directions that could be told.
  return error < 1e-3 ? { count: vectors.length, rows, error } : NO_AXES;
}

/** Σ y yᵀ over rows spread evenly, as rows of doubles. */
function sampledGram({ rows, count, stride }: ItemRows): Float64Array[] {
  const gram = Array.from({ length: stride }, () => new Float64Array(stride));
  const step = Math.max(1, count / SAMPLE);
  for (let at = 0; at < count; at += step) {
    const row = rows.subarray(Math.floor(at) * stride, (Math.floor(at) + 1) * stride);
    for (let i = 0; i < stride; i++) {
      const x = row[i], line = gram[i];
      for (let j = 0; j <= i; j++) line[j] += x * row[j];
    }
  }
  for (let i = 0; i < stride; i++) for (let j = 0; j < i; j++) gram[j][i] = gram[i][j];
  return gram;
}

/** Values that are spread well and depend on nothing: fractions of multiples of the golden ratio. */
function startVector(length: number, seed: number): Float64Array {
  return Float64Array.from({ length }, (_, j) => ((j + 1) * (2 * seed + 1) * 0.6180339887498949) % 1 - 0.5);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j] * b[j];
  return sum;
}

function product(matrix: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector));
}

/** Gram-Schmidt, twice, in place; what has no direction of its own becomes zeros. */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [c, vector] of vectors.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (let b = 0; b < c; b++) {
        const share = dot(vectors[b], vector);
        for (let j = 0; j < vector.length; j++) vector[j] -= share * vectors[b][j];
      }
      const length = Math.sqrt(dot(vector, vector));
      for (let j = 0; j < vector.length; j++) vector[j] = length > 0 ? vector[j] / length : 0;
    }
  }
}
