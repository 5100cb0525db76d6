/** ADWIN with the whole window: every cut is looked at, numbers are dropped one by one (Bifet and Gavaldà 2007, figure 1). */
export class PlainAdwin {
  #window: number[] = [];
  #count = 0;
  #range = 0;
  #least = Infinity;
  #greatest = -Infinity;

  constructor(readonly delta: number, readonly clock: number, readonly minPart: number) {}

  get window(): readonly number[] {
    return this.#window;
  }

  update(value: number): boolean {
    this.#window.push(value);
    this.#least = Math.min(this.#least, value), this.#greatest = Math.max(this.#greatest, value);
    this.#range = this.#greatest - this.#least;
    if (++this.#count % this.clock !== 0) return false;
    let hasChanged = false;
    while (this.#hasCut()) {
      this.#window.shift();
      hasChanged = true;
    }
    return hasChanged;
  }

  #hasCut(): boolean {
    const window = this.#window, n = window.length;
    const total = window.reduce((sum, x) => sum + x, 0), mean = total / n;
    const variance = window.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
    const confidence = this.delta / Math.log(n);
    let olderSum = 0;
    for (let older = 1; older <= n - this.minPart; older++) {
      olderSum += window[older - 1];
      if (older < this.minPart) continue;
      const newer = n - older, m = 1 / (1 / older + 1 / newer);
      const bound = Math.sqrt((2 / m) * variance * Math.log(2 / confidence)) +
        (2 / (3 * m)) * this.#range * Math.log(2 / confidence);
      if (Math.abs(olderSum / older - (total - olderSum) / newer) > bound) return true;
    }
    return false;
  }
}
