/** How long records of the log have been waiting to be applied. */

/** Ends of the log that were seen within this time count as seen with the first of them: the lag is so much too long. */
const GRAIN_MS = 5;
/** Ends that are remembered; beyond, each two become one: who is further behind is told less exactly since when. */
const MOST_ENDS = 4096;

interface KnownEnd {
  readonly end: number;
  readonly atMs: number;
}

export class Lag {
  #ends: KnownEnd[] = [];
  #end = 0;
  #applied = 0;

  /** The log was seen to end here. */
  ended(end: number, nowMs: number): void {
    if (end <= this.#end) return;
    this.#end = end;
    if (end <= this.#applied) return;
    if (this.#ends.length === MOST_ENDS) this.#ends = pairsOf(this.#ends);
    const last = this.#ends.at(-1);
    if (last !== undefined && nowMs - last.atMs < GRAIN_MS) {
      this.#ends[this.#ends.length - 1] = { ...last, end };
    } else this.#ends.push({ end, atMs: nowMs });
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

/** Each two as one that was known when the first was. */
function pairsOf(ends: readonly KnownEnd[]): KnownEnd[] {
  return ends.filter((_, k) => k % 2 === 0).map(({ atMs }, k) => ({ atMs, end: ends[2 * k + 1].end }));
}
