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
 * many as columns. Deterministic. It often runs once in a process, so its loops are few and flat: they are compiled while
 * they run.
 */
export function principalAxes(items: ItemRows): Axes {
  const { stride } = items, most = COUNTS.filter((count) => count + 1 <= stride / 2).at(-1);
  if (most === undefined) return NO_AXES;
  const gram = sampledGram(items);
  let vectors = startVectors(most, stride);
  for (let round = 0; round < ROUNDS; round++) {
    orthonormalize(vectors, stride);
    vectors = products(vectors, gram, stride);
  }
  orthonormalize(vectors, stride);
  const lengths = squaredLengths(vectors, products(vectors, gram, stride), stride);
  const order = Array.from(lengths.keys()).sort((a, b) => lengths[b] - lengths[a]);
  let total = 0;
  for (let j = 0; j < stride; j++) total += gram[j * stride + j];
  let left = total;
  for (const [c, at] of order.entries()) {
    left -= lengths[at];
    if (COUNTS.includes(c + 1) && left <= MOST_LEFT * (total - lengths[order[0]])) {
      return axesOf(vectors, order.slice(0, c + 1), stride);
    }
  }
  return NO_AXES;
}

function axesOf(vectors: Float64Array, order: readonly number[], stride: number): Axes {
  const rows = new Float32Array(order.length * stride);
  order.forEach((at, c) => rows.set(vectors.subarray(at * stride, (at + 1) * stride), c * stride));
  let squares = 0;
  for (let a = 0; a < order.length; a++) {
    for (let b = 0; b < order.length; b++) {
      let sum = a === b ? -1 : 0;
      for (let j = 0; j < stride; j++) sum += rows[a * stride + j] * rows[b * stride + j];
      squares += sum * sum;
    }
  }
  const error = Math.sqrt(squares);
  // Rows of nearly no length, or not finite, have no directions that could be told.
  return error < 1e-3 ? { count: order.length, rows, error } : NO_AXES;
}

/** Σ y yᵀ over rows spread evenly, `stride` x `stride`. */
function sampledGram({ rows, count, stride }: ItemRows): Float64Array {
  const gram = new Float64Array(stride * stride), step = Math.max(1, count / SAMPLE);
  for (let at = 0; at < count; at += step) {
    const row = Math.floor(at) * stride;
    for (let i = 0; i < stride; i++) {
      const x = rows[row + i], line = i * stride;
      for (let j = 0; j <= i; j++) gram[line + j] += x * rows[row + j];
    }
  }
  for (let i = 0; i < stride; i++) for (let j = 0; j < i; j++) gram[j * stride + i] = gram[i * stride + j];
  return gram;
}

/** Values that are spread well and depend on nothing: fractions of multiples of the golden ratio. */
function startVectors(count: number, stride: number): Float64Array {
  return Float64Array.from({ length: count * stride }, (_, k) => {
    const c = Math.floor(k / stride), j = k % stride;
    return ((j + 1) * (2 * c + 1) * 0.6180339887498949) % 1 - 0.5;
  });
}

/** Each vector times the matrix, which is symmetric. */
function products(vectors: Float64Array, matrix: Float64Array, stride: number): Float64Array {
  const out = new Float64Array(vectors.length);
  for (let at = 0; at < vectors.length; at += stride) {
    for (let i = 0; i < stride; i++) {
      let sum = 0;
      for (let j = 0; j < stride; j++) sum += matrix[i * stride + j] * vectors[at + j];
      out[at + i] = sum;
    }
  }
  return out;
}

/** vᵀ M v of each vector v, of which M v is given. */
function squaredLengths(vectors: Float64Array, images: Float64Array, stride: number): Float64Array {
  const lengths = new Float64Array(vectors.length / stride);
  for (let k = 0; k < vectors.length; k++) lengths[Math.floor(k / stride)] += vectors[k] * images[k];
  return lengths;
}

/** Gram-Schmidt, twice, in place; what has no direction of its own becomes zeros. */
function orthonormalize(vectors: Float64Array, stride: number): void {
  for (let at = 0; at < vectors.length; at += stride) {
    for (let pass = 0; pass < 2; pass++) {
      for (let other = 0; other < at; other += stride) {
        let share = 0;
        for (let j = 0; j < stride; j++) share += vectors[other + j] * vectors[at + j];
        for (let j = 0; j < stride; j++) vectors[at + j] -= share * vectors[other + j];
      }
      let squares = 0;
      for (let j = 0; j < stride; j++) squares += vectors[at + j] * vectors[at + j];
      const length = Math.sqrt(squares);
      for (let j = 0; j < stride; j++) vectors[at + j] = length > 0 ? vectors[at + j] / length : 0;
    }
  }
}
