/** Where a fit keeps what in linear memory. All of it is reserved at once, before anything is touched. */
import { type AlsParameters, strideOf } from "../domain/factor_model.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import type { Arena } from "./arena.ts";
import { eigenbasisBytes, rotationScratchBytes } from "./eigenbasis.ts";
import { HALF_STEP_BYTES } from "./half_step.ts";
import { GROUP_ROWS } from "./row_order.ts";

export interface FitSize {
  readonly parameters: AlsParameters;
  readonly userCount: number;
  readonly itemCount: number;
  readonly interactionCount: number;
}

/** One side of a fit: users with their items, or items with their users. Addresses, but for the counts. */
export interface SideMemory {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly indptr: number;
  readonly indices: number;
  readonly values: number;
  readonly factors: number;
  readonly order: number;
  /** Where units of work start (row_order.ts); room for one a row, and one more. */
  readonly units: number;
  readonly regularization: number;
  /** A float a row: its weight in Gram matrices (als_weights.ts). */
  readonly weights: number;
  readonly halfStep: number;
}

export class AlsMemory {
  readonly stride: number;
  readonly users: SideMemory;
  readonly items: SideMemory;
  readonly losses: number;
  readonly #arena: Arena;
  readonly #interactionCount: number;
  readonly #scratchBytes: number;
  readonly #scratch: number;

  /** Throws BadInput, with nothing allocated, where `size` does not fit into 4 GiB. */
  constructor(arena: Arena, size: FitSize, workerCount: number) {
    const { userCount, itemCount, interactionCount, parameters } = size;
    this.#arena = arena;
    this.#interactionCount = interactionCount;
    this.stride = strideOf(parameters.feedback, parameters.factorCount);
    this.#scratchBytes = scratchBytes(size, this.stride);
    const needed = neededBytes(size, this.stride, workerCount * this.#scratchBytes);
    arena.reserve(
      needed,
      `${interactionCount} ratings of ${userCount} users and ${itemCount} items at ${parameters.factorCount} factors`,
    );
    this.users = this.#allocateSide(userCount, itemCount);
    this.items = this.#allocateSide(itemCount, userCount);
    this.losses = arena.allocate(lossCount(size) * 8);
    this.#scratch = arena.allocate(workerCount * this.#scratchBytes);
  }

  /** Address of a worker's own scratch. */
  scratchOf(worker: number): number {
    return this.#scratch + worker * this.#scratchBytes;
  }

  /** A side's sparse rows, as views that hold until the arena grows. */
  matrixOf(side: SideMemory): RatingMatrix {
    return {
      rowCount: side.rowCount,
      columnCount: side.columnCount,
      indptr: this.#arena.u32(side.indptr, side.rowCount + 1),
      indices: this.#arena.u32(side.indices, this.#interactionCount),
      values: this.#arena.f32(side.values, this.#interactionCount),
    };
  }

  factorsOf(side: SideMemory): Float32Array {
    return this.#arena.f32(side.factors, side.rowCount * this.stride);
  }

  /** Sum over units of work, in order. */
  sumOfLosses(unitCount: number): number {
    return this.#arena.f64(this.losses, unitCount).reduce((sum, loss) => sum + loss, 0);
  }

  #allocateSide(rowCount: number, columnCount: number): SideMemory {
    const arena = this.#arena;
    return {
      rowCount,
      columnCount,
      indptr: arena.allocate((rowCount + 1) * 4),
      indices: arena.allocate(this.#interactionCount * 4),
      values: arena.allocate(this.#interactionCount * 4),
      factors: arena.allocate(rowCount * this.stride * 4),
      order: arena.allocate(rowCount * 4),
      units: arena.allocate((rowCount + 1) * 4),
      regularization: arena.allocate(rowCount * 4),
      weights: arena.allocate(rowCount * 4),
      halfStep: arena.allocate(HALF_STEP_BYTES),
    };
  }
}

/** A loss for each unit; in the worst case a row is one. */
function lossCount({ userCount, itemCount }: FitSize): number {
  return Math.max(userCount, itemCount);
}

/** Scratch of one worker, a multiple of 64. The longest row is not known yet: no row is longer than its side is wide. */
function scratchBytes({ userCount, itemCount, interactionCount }: FitSize, stride: number): number {
  const longestRow = Math.min(Math.max(userCount, itemCount), interactionCount);
  return Math.ceil(Math.max(rotationScratchBytes(stride), rowScratchBytes(stride, longestRow)) / 64) * 64;
}

/**
 * `RowScratch` of core-wasm/assembly/als_rows.ts: its record, five vectors, three lists filled up to four entries; the
 * members of a group (als_groups.ts) have a record and three vectors each.
 */
function rowScratchBytes(stride: number, longestRow: number): number {
  return 64 + 5 * stride * 4 + 3 * (longestRow + 3) * 4 + GROUP_ROWS * (64 + 3 * stride * 4);
}

function neededBytes(size: FitSize, stride: number, scratch: number): number {
  const { userCount, itemCount, interactionCount, parameters } = size;
  const rows = userCount + itemCount;
  const alignment = 64 * 32;
  return interactionCount * 16 + rows * (stride + 5) * 4 + lossCount(size) * 8 + scratch + alignment +
    eigenbasisBytes(parameters.factorCount);
}
