/** Factor rows that change while they are read: a generation's own until the first change, a copy from then on. */
export class LiveRows {
  readonly stride: number;
  #rows: Float32Array;
  #count: number;
  #isOwn = false;

  /** `rows` are never written to. */
  constructor(rows: Float32Array, stride: number) {
    this.#rows = rows;
    this.#count = rows.length / stride;
    this.stride = stride;
  }

  get count(): number {
    return this.#count;
  }

  /** All rows, and perhaps room behind them; another array when room has grown. */
  get rows(): Float32Array {
    return this.#rows;
  }

  /** A view of a row; undefined if there is none. */
  row(index: number): Float32Array | undefined {
    if (index >= this.#count) return undefined;
    return this.#rows.subarray(index * this.stride, (index + 1) * this.stride);
  }

  /** Replaces a row, or adds it; rows in between are zeros. */
  set(index: number, row: Float32Array): void {
    const end = (index + 1) * this.stride;
    if (!this.#isOwn || end > this.#rows.length) {
      const larger = new Float32Array(Math.max(end, Math.ceil(1.25 * this.#count) * this.stride));
      larger.set(this.#rows.subarray(0, this.#count * this.stride));
      this.#rows = larger;
      this.#isOwn = true;
    }
    this.#rows.set(row, index * this.stride);
    this.#count = Math.max(this.#count, index + 1);
  }
}
