/** What Hoeffding trees for numbers and for classes have in common (Domingos and Hulten 2000). */

export interface HoeffdingOptions {
  /** Observations of a leaf between two attempts to split it. */
  readonly gracePeriod: number;
  /** Probability that a split is not the one that endless data would choose. */
  readonly delta: number;
  /** Below this bound a tie is broken. */
  readonly tau: number;
  readonly maxDepth: number;
  /** With so many leaves the tree stops growing: its memory has an end. */
  readonly maxLeaves: number;
}

/** By how much a mean of `count` values in a range of this size may lie off, but with probability delta. */
export function hoeffdingBound(range: number, delta: number, count: number): number {
  return Math.sqrt(range * range * Math.log(1 / delta) / (2 * count));
}

/** How good a split is, and where it splits. */
export interface Candidate {
  readonly merit: number;
  readonly threshold: number;
}

/** The two best of all features, and the slot of the best. Of equal ones the later is the better. */
export class BestTwo<C extends Candidate> {
  best?: C;
  slot = -1;
  secondMerit = -Infinity;

  offer(slot: number, candidate: C | undefined): void {
    const merit = candidate?.merit ?? -Infinity;
    if (candidate !== undefined && merit >= (this.best?.merit ?? -Infinity)) {
      this.secondMerit = this.best?.merit ?? -Infinity;
      this.best = candidate;
      this.slot = slot;
    } else if (merit > this.secondMerit) this.secondMerit = merit;
  }
}
