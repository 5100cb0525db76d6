/** Exports of core-wasm/assembly/live.ts. Addresses and sizes are in bytes; `side`: the record of live_side.ts. */
export interface LiveExports {
  /** Position of `key` among `n` indices, or -1. */
  findEntry(indices: number, n: number, key: number): number;
  /** Status: 0, as solveSystem64, or -1 where the solution is not finite; the row is as it was unless it is 0. */
  solveLive(
    side: number,
    row: number,
    indices: number,
    values: number,
    n: number,
    gramScale: number,
    lambda: number,
    weightBefore: number,
    weight: number,
  ): number;
  moveLive(
    side: number,
    row: number,
    indices: number,
    values: number,
    n: number,
    gramScale: number,
    lambda: number,
    weightBefore: number,
    weight: number,
    fixedWeight: number,
    steps: number,
    tolerance: number,
  ): number;
  /** als_start.ts: deviation · noise over the factors of one row, 0 after them. */
  fillNoiseRow(
    row: number,
    rowBytes: number,
    factorCount: number,
    seed: number,
    index: number,
    deviation: number,
  ): void;
  descendLive(
    solved: number,
    fixed: number,
    row: number,
    other: number,
    goal: number,
    rate: number,
    penalty: number,
  ): number;
  clearLive(side: number, row: number, weightBefore: number): void;
  sumLive(side: number, count: number, weights: number): void;
  rankLive(
    x: number,
    rows: number,
    count: number,
    rowBytes: number,
    target: number,
    seen: number,
    seenCount: number,
    enough: number,
    out: number,
  ): void;
}
