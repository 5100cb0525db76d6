/** Where implicit ALS starts from, before it is whitened: a sketch of the users, propagated to the items in double precision. */
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { type Matrix, zeros } from "./linear_system.ts";

interface BothSides {
  readonly byUser: RatingMatrix;
  readonly byItem: RatingMatrix;
}

/** The finalizer of MurmurHash3, as an unsigned number. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Ω: row u has one number, in column u mod d; its lowest bit of a hash is the sign, its highest 16 the size. */
export function sketchOf(userCount: number, d: number, seed: number): Matrix {
  const sketch = zeros(userCount, d);
  sketch.forEach((row, u) => {
    const h = mix(seed ^ mix((u + 0x9e3779b9) | 0)), size = 0.5 + (h >>> 16) / 65536;
    row[u % d] = h & 1 ? size : -size;
  });
  return sketch;
}

/** Rows of `matrix` times `by`: sums over entries, times n to the power `exponent`. */
function sums(matrix: RatingMatrix, by: Matrix, exponent: number): Matrix {
  return Array.from({ length: matrix.rowCount }, (_, row) => {
    const begin = matrix.indptr[row], end = matrix.indptr[row + 1], sum = by[0].map(() => 0);
    for (let e = begin; e < end; e++) by[matrix.indices[e]].forEach((value, j) => sum[j] += value);
    return sum.map((value) => end > begin ? value * (end - begin) ** exponent : 0);
  });
}

/** NᵀN Nᵀ Ω, N = D_u^-½ R D_v^-½ with R the 0/1 matrix of who rated what and D how many ratings each has. */
export function propagatedSketch({ byUser, byItem }: BothSides, d: number, seed: number): Matrix {
  const users = sketchOf(byUser.rowCount, d, seed).map((row, u) => {
    const n = byUser.indptr[u + 1] - byUser.indptr[u];
    return row.map((value) => n > 0 ? value / Math.sqrt(n) : 0);
  });
  const items = sums(byItem, users, -1);
  return sums(byItem, sums(byUser, items, -1), -0.5);
}
