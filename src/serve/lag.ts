/** How long records of the log have been waiting to be applied. */

/** Ends of the log that are remembered; older ones are thinned out, which makes the lag a little longer than it is. */
const MOST_ENDS = 1024;

export class Lag {
  #ends: { readonly end: number; readonly atMs: number }[] = [];
  #end = 0;
  #applied = 0;

  /** The log was seen to end here. */
  ended(end: number, nowMs: number): void {
    if (end <= this.#end) return;
    this.#end = end;
    if (end <= this.#applied) return;
    if (this.#ends.length === MOST_ENDS) this.#ends = this.#ends.filter((_, k) => k % 2 === 0);
    this.#ends.push({ end, atMs: nowMs });
  }

  /** Everything below is applied now. */
  applied(offset: number): void {
    this.#applied = offset;
    let done = 0;
    while (done < this.#ends.length && this.#ends[done].end <= offset) done++;
    if (done > 0) this.#ends.splice(0, done);
  }

  /** Since when the oldest record that is not applied has been known; 0 if all are applied. */
  lagMs(nowMs: number): number {
    return this.#ends.length === 0 ? 0 : Math.max(0, nowMs - this.#ends[0].atMs);
  }
}
