/** KSWIN: do the newest numbers have another distribution than the ones before? */
import { hash128 } from "../../domain/event_key.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import type { DriftDetector } from "./drift_detector.ts";

export interface KswinOptions {
  /** Probability of a false alarm of one test. */
  readonly alpha: number;
  /** Numbers in the window. */
  readonly windowSize: number;
  /** Newest numbers that are compared with as many older ones. */
  readonly sampleSize: number;
  readonly seed: number;
}

export const KSWIN_DEFAULTS: KswinOptions = { alpha: 0.005, windowSize: 100, sampleSize: 30, seed: 1 };

/**
 * Once the window is full: the newest `sampleSize` numbers against as many drawn without replacement from the older ones;
 * alarm where the greatest distance of the two distribution functions exceeds √(-ln α / sampleSize) (Raab, Heusinger,
 * Schleif 2020). The newest stay, the rest is forgotten.
 */
export class Kswin implements DriftDetector {
  readonly name = "kswin";
  readonly #options: KswinOptions;
  #window: number[] = [];
  #draws = 0;

  constructor(options: Partial<KswinOptions> = {}) {
    this.#options = { ...KSWIN_DEFAULTS, ...options };
  }

  update(value: number): boolean {
    const { alpha, windowSize, sampleSize } = this.#options;
    this.#window.push(value);
    if (this.#window.length > windowSize) this.#window.shift();
    if (this.#window.length < windowSize) return false;
    const newest = this.#window.slice(-sampleSize);
    const distance = kolmogorovDistance(this.#drawOlder(), newest);
    if (distance <= Math.sqrt(-Math.log(alpha) / sampleSize)) return false;
    this.#window = newest;
    return true;
  }

  save(): StateTree {
    return { window: Float64Array.from(this.#window), draws: this.#draws };
  }

  load(state: StateTree): void {
    const { window, draws } = state as { window: Float64Array; draws: number };
    this.#window = [...window];
    this.#draws = draws;
  }

  /** The first places of a shuffle (Fisher and Yates). */
  #drawOlder(): number[] {
    const { sampleSize, windowSize, seed } = this.#options;
    const older = this.#window.slice(0, windowSize - sampleSize);
    const count = Math.min(sampleSize, older.length);
    for (let k = 0; k < count; k++) {
      const other = k + Math.floor(uniformAt(seed, this.#draws++) * (older.length - k));
      [older[k], older[other]] = [older[other], older[k]];
    }
    return older.slice(0, count);
  }
}

/** sup |F - G| of the empirical distribution functions of two samples. */
export function kolmogorovDistance(first: readonly number[], second: readonly number[]): number {
  const a = first.toSorted((x, y) => x - y), b = second.toSorted((x, y) => x - y);
  let greatest = 0, i = 0, j = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    greatest = Math.max(greatest, Math.abs(i / a.length - j / b.length));
  }
  return greatest;
}

const counter = new DataView(new ArrayBuffer(8));
const counterBytes = new Uint8Array(counter.buffer);
const words = new Uint32Array(4);

/** The `index`-th uniform number of a seed: what was drawn is a count, so a checkpoint holds no generator. */
function uniformAt(seed: number, index: number): number {
  counter.setFloat64(0, index);
  hash128(counterBytes, 0, 8, words, 0, seed | 0);
  return words[0] * 2 ** -32;
}
