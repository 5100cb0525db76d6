/** The WebAssembly kernels as TypeScript sees them. Addresses and sizes are in bytes; core-wasm/README.md has the ABI. */
import { Arena } from "./arena.ts";
import type { LiveExports } from "./live_exports.ts";
import type { OnlineExports } from "./online_exports.ts";

/** Every export of core-wasm/assembly/index.ts. */
export interface KernelExports extends LiveExports, OnlineExports {
  /** First address that the arena may use. */
  heapBase(): number;

  // cholesky.ts: status 0, or 1 + index of the pivot that was not positive.
  solveSystem32(matrix: number, n: number, rowBytes: number, rightSide: number): number;
  solveSystem64(matrix: number, n: number, rowBytes: number, rightSide: number): number;

  // matrix.ts, eigen.ts, als_start.ts, als_half_step.ts: phases that all workers run together (core-wasm/README.md).
  gramBlocks(...args: number[]): void;
  rotateRows(...args: number[]): void;
  eigenValues(...args: number[]): number;
  eigenVectors(...args: number[]): void;
  fillNoise(...args: number[]): void;
  sketch(halfStep: number, fixedIndptr: number, seed: number): void;
  propagate(halfStep: number, isMean: number, scratch: number): void;
  clearRows(rows: number, rowCount: number, rowBytes: number, cursor: number): void;
  moveRows(halfStep: number, scratch: number): void;

  // fold_in.ts: status as solveSystem64.
  addGram(
    rows: number,
    count: number,
    rowBytes: number,
    size: number,
    weights: number,
    matrix: number,
    matrixRowBytes: number,
    wide: number,
  ): void;
  foldIn(
    base: number,
    diagonal: number,
    rows: number,
    count: number,
    rowBytes: number,
    size: number,
    weights: number,
    targets: number,
    matrix: number,
    matrixRowBytes: number,
    solution: number,
    wide: number,
  ): number;

  // item_index.ts, top_n.ts: blocks of fields are written by src/kernels/item_index.ts and search.ts.
  indexItems(itemIndex: number): void;
  indexBlock(itemIndex: number, block: number): void;
  setItem(itemIndex: number, position: number): number;
  score(a: number, b: number, rowBytes: number): number;
  topNRow(search: number, itemIndex: number, excluded: number, excludedCount: number): number;
  topNUsers(
    cursor: number,
    searches: number,
    itemIndex: number,
    users: number,
    userCount: number,
    indptr: number,
    indices: number,
    n: number,
    outIndexes: number,
    outScores: number,
  ): number;
}

/** An instance of the kernels with its memory, and the allocator of that memory. */
export interface Kernels {
  readonly exports: KernelExports;
  readonly memory: WebAssembly.Memory;
  readonly arena: Arena;
}

const MAXIMUM_PAGES = 65_536;

/** A memory that the `fast` build accepts and workers can share. */
export function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES, shared: true });
}

/**
 * Instantiates `module` over `memory`, or over an unshared memory of its own (`portable` build only). One arena a
 * memory: of several instances over a shared memory, only one side may allocate.
 */
export function instantiateKernels(module: WebAssembly.Module, memory?: WebAssembly.Memory): Kernels {
  const over = memory ?? new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES });
  const instance = new WebAssembly.Instance(module, { env: { memory: over } });
  const exports = instance.exports as unknown as KernelExports;
  return { exports, memory: over, arena: new Arena(over, exports.heapBase()) };
}
