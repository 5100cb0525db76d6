/** Rotation of both sides of a fit into the eigenbasis of one side's Gram matrix (MATHS.md 1.3). */
import { NumericFailure } from "../domain/failure.ts";
import type { Arena } from "./arena.ts";
import type { Phases } from "./phases.ts";

/** Rows of floats in linear memory. */
export interface RowBlock {
  readonly address: number;
  readonly count: number;
}

const PROBLEM_WORDS = 18;
/** Gram matrices are summed over at most so many blocks of rows; fixed, so that the number of workers does not show. */
const GRAM_BLOCKS = 32;
const SMALLEST_BLOCK = 128;
/** Where the weakest direction is more than this beside the strongest, rounding leaves it where it should be. */
const WHITE = 1e-3;
/** Rows that matrix.ts rotates together, and of one tile of them. */
const ROTATE_BLOCK = 32;
const TILE_ROWS = 4;

/** Columns that take part: n rounded up to a multiple of 8. What stands beyond the n-th is left as it is. */
const widthOf = (n: number) => (n + 7) & ~7;

/** Memory of an eigenproblem of n unknowns, region by region. */
function regionBytes(n: number) {
  const width = widthOf(n), square = n * (n + (n & 1)) * 8, line = (n + 2) * 8;
  return {
    problem: PROBLEM_WORDS * 4,
    matrix: square,
    reflectors: square,
    betas: line,
    diagonal: line,
    subdiagonal: line,
    work: line,
    // Two doubles a rotation; QL needs about n²/1.2 of them, and stops half-way where they do not fit.
    rotations: 8 * (2 * n * n + 4 * n + 4),
    shift: 16,
    slabs: n * width * 8,
    panels: width * width * 4,
    eigenvalues: width * 4,
    partials: GRAM_BLOCKS * width * width * 4,
  };
}

/** Bytes that an `Eigenbasis` allocates, alignment included. */
export function eigenbasisBytes(n: number): number {
  return Object.values(regionBytes(n)).reduce((sum, bytes) => sum + bytes + 63, 0);
}

/** Bytes of scratch that each worker needs to rotate rows of `stride` floats. */
export function rotationScratchBytes(stride: number): number {
  return (ROTATE_BLOCK + TILE_ROWS) * stride * 4;
}

export class Eigenbasis {
  /** Address of Λ: `width` floats, those beyond n zero. */
  readonly eigenvalues: number;
  readonly #phases: Phases;
  readonly #arena: Arena;
  readonly #n: number;
  readonly #width: number;
  readonly #rowBytes: number;
  readonly #panels: number;
  readonly #partials: number;
  readonly #problem: number;

  /** For rows of `rowBytes` whose first n floats are to be rotated. */
  constructor(phases: Phases, arena: Arena, n: number, rowBytes: number) {
    const sizes = regionBytes(n), width = widthOf(n);
    const at = Object.fromEntries(
      Object.entries(sizes).map(([name, bytes]) => [name, arena.allocate(bytes)]),
    ) as Record<keyof typeof sizes, number>;
    this.#phases = phases;
    this.#arena = arena;
    this.#n = n;
    this.#width = width;
    this.#rowBytes = rowBytes;
    this.#panels = at.panels;
    this.#partials = at.partials;
    this.#problem = at.problem;
    this.eigenvalues = at.eigenvalues;
    // `Eigenproblem` of core-wasm/assembly/eigen.ts, field by field.
    arena.u32(at.problem, PROBLEM_WORDS).set([
      n,
      width,
      at.matrix,
      at.reflectors,
      at.betas,
      at.diagonal,
      at.subdiagonal,
      at.work,
      at.rotations,
      0,
      sizes.rotations / 8,
      0,
      0,
      at.shift,
      at.slabs,
      at.panels,
      at.eigenvalues,
      phases.cursor,
    ]);
  }

  /**
   * rows ← rows · Q Λ^-½ length, so that Σ w y yᵀ becomes length² I (`weights`: as for `decompose`). Where the rows hardly
   * have some direction it does not get that long. Gives whether the sum is length² I up to rounding; then `eigenvalues`
   * hold its diagonal times `scale`.
   */
  async whiten(
    rows: RowBlock,
    weights: number,
    target: { readonly length: number; readonly scale: number },
    scratchOf: (worker: number) => number,
  ): Promise<boolean> {
    await this.#decompose(rows, weights, 1, target.length);
    await this.rotate(rows, scratchOf);
    const eigenvalues = this.#arena.f32(this.eigenvalues, this.#n);
    const weakest = WHITE * Math.max(...eigenvalues);
    const isWhite = eigenvalues.every((value) => value > weakest);
    if (isWhite) eigenvalues.fill(target.scale * target.length ** 2);
    return isWhite;
  }

  /**
   * Finds Q and Λ of `scale` · Σ w y yᵀ over `rows` (`weights`: address of a float a row, or 0 for 1). Throws
   * NumericFailure if QL does not converge, which finite matrices do not do.
   */
  decompose(rows: RowBlock, weights: number, scale: number): Promise<void> {
    return this.#decompose(rows, weights, scale, 0);
  }

  async #decompose(rows: RowBlock, weights: number, scale: number, length: number): Promise<void> {
    const blockRows = Math.max(SMALLEST_BLOCK, Math.ceil(rows.count / GRAM_BLOCKS));
    const blockCount = Math.ceil(rows.count / blockRows), width = this.#width;
    const gram = [rows.address, rows.count, this.#rowBytes, weights, width, blockRows, this.#partials];
    await this.#phases.run("gramBlocks", () => [...gram, this.#phases.cursor]);
    for (let isFirst = 1, status = 1; status === 1; isFirst = 0) {
      const values = [this.#problem, this.#partials, isFirst ? blockCount : 0, width, scale];
      const statuses = await this.#phases.run("eigenValues", () => values);
      status = statuses.find((s) => s !== 0) ?? 0;
      if (status < 0) {
        throw new NumericFailure("the eigenvalues of a Gram matrix were not found; is a factor not finite?");
      }
      const isLast = status === 0 ? 1 : 0;
      await this.#phases.run("eigenVectors", () => [this.#problem, isFirst, isLast, length]);
    }
  }

  /** rows ← rows · Q. `scratchOf` gives each worker's scratch. */
  async rotate(rows: RowBlock, scratchOf: (worker: number) => number): Promise<void> {
    const width = this.#width;
    await this.#phases.run("rotateRows", (worker) => [
      rows.address,
      rows.count,
      this.#rowBytes,
      this.#panels,
      width,
      this.#phases.cursor,
      scratchOf(worker),
    ]);
  }
}
