/** A mean over the last values and over all. */
export class WindowMean {
  readonly #values: Float64Array;
  #count = 0;
  #sum = 0;
  /** Of values before the window began, which only the total knows. */
  #earlierCount = 0;

  /** `size`: values of the window. */
  constructor(size: number) {
    this.#values = new Float64Array(size);
  }

  add(value: number): void {
    this.#values[(this.#count++ - this.#earlierCount) % this.#values.length] = value;
    this.#sum += value;
  }

  /** Count and sum of all values, for `resume`. */
  save(): readonly [count: number, sum: number] {
    return [this.#count, this.#sum];
  }

  /** Goes on with these totals; the window is empty. */
  resume([count, sum]: readonly [count: number, sum: number]): void {
    this.#count = this.#earlierCount = count;
    this.#sum = sum;
  }

  /** Values there were. */
  get count(): number {
    return this.#count;
  }

  /** Over all; undefined before the first. */
  get total(): number | undefined {
    return this.#count === 0 ? undefined : this.#sum / this.#count;
  }

  /** Over the window, summed anew: no rounding is left behind. Undefined before the first. */
  get window(): number | undefined {
    const n = this.windowCount;
    if (n === 0) return undefined;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += this.#values[k];
    return sum / n;
  }

  /** Values in the window. */
  get windowCount(): number {
    return Math.min(this.#count - this.#earlierCount, this.#values.length);
  }
}
