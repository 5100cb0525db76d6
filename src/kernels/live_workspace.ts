/** The record that tells live.ts what to work on, and the memory that solving needs and both sides share. */
import type { AlsParameters } from "../domain/factor_model.ts";
import type { Kernels } from "./kernel_module.ts";

/** Places of the record, as words: `LiveSide` of core-wasm/assembly/live.ts. */
export const LIVE_FIELDS = [
  "solved",
  "fixed",
  "rowBytes",
  "factorCount",
  "isExplicit",
  "ownBias",
  "otherBias",
  "ownGram",
  "fixedGram",
  "matrixRowBytes",
  "matrix",
  "solution",
  "wide",
  "packed",
  "sums",
  "vectors",
  "pair",
  "weights",
  "rowScratch",
] as const;
export type LiveField = typeof LIVE_FIELDS[number];
export const LIVE_FLOAT_FIELDS = ["globalMean", "biasRegularization", "confidenceScale"] as const;
export const LIVE_RECORD_BYTES = 4 * (LIVE_FIELDS.length + LIVE_FLOAT_FIELDS.length);

/** Rows that the kernel gathers at a time. */
const CHUNK_ROWS = 64;

/** Memory that solving uses and no side owns: both share it. */
class Scratch {
  readonly factorsWide: number;
  readonly unknowns: number;
  readonly matrixRowBytes: number;
  readonly fields: Readonly<Partial<Record<LiveField, number>>>;

  constructor({ arena }: Kernels, { feedback, factorCount }: AlsParameters, stride: number) {
    this.factorsWide = (factorCount + 7) & ~7;
    this.unknowns = (factorCount + (feedback === "explicit" ? 1 : 0) + 3) & ~3;
    this.matrixRowBytes = 8 * this.unknowns;
    this.fields = {
      matrix: arena.allocate(this.unknowns * this.matrixRowBytes),
      solution: arena.allocate(this.matrixRowBytes + 64),
      wide: arena.allocate(2 * (this.matrixRowBytes + 64)),
      packed: arena.allocate(CHUNK_ROWS * stride * 4),
      sums: arena.allocate(this.factorsWide ** 2 * 4),
      vectors: arena.allocate(2 * stride * 4),
      pair: arena.allocate(2 * stride * 4),
      weights: arena.allocate(16),
    };
  }

  gramBytes(): number {
    return this.unknowns * this.matrixRowBytes;
  }
}

/** What both sides share: parameters, scratch, and the list of addresses that long rows are moved with. */
export class LiveWorkspace {
  readonly #kernels: Kernels;
  readonly #stride: number;
  readonly scratch: Scratch;
  #rowScratch = 0;
  #rowScratchEntries = 0;
  #rowWeights = 0;
  #rowWeightsCount = 0;

  constructor(kernels: Kernels, parameters: AlsParameters, stride: number) {
    this.#kernels = kernels;
    this.#stride = stride;
    this.scratch = new Scratch(kernels, parameters, stride);
  }

  /** Address of scratch for lists of `entries` (core-wasm/assembly/als_rows.ts: a record, five vectors, three lists). */
  rowScratch(entries: number): number {
    if (entries > this.#rowScratchEntries) {
      this.#rowScratchEntries = Math.max(1024, 2 ** Math.ceil(Math.log2(entries)));
      this.#rowScratch = this.#kernels.arena.allocate(
        64 + 5 * 4 * this.#stride + 3 * 4 * (this.#rowScratchEntries + 3),
      );
    }
    return this.#rowScratch;
  }

  /** Address of room for a float a row. */
  rowWeights(count: number): number {
    if (count > this.#rowWeightsCount) {
      this.#rowWeightsCount = Math.max(1024, 2 ** Math.ceil(Math.log2(count)));
      this.#rowWeights = this.#kernels.arena.allocate(4 * this.#rowWeightsCount);
    }
    return this.#rowWeights;
  }
}
