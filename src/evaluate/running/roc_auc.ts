/** How well probabilities order two classes: exact, from all scores. */
import type { Target } from "../../domain/observation.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import type { Outcome, WeightedFigure } from "./running_metric.ts";

/** A faded outcome that counts for less than this is forgotten. */
const LEAST_WEIGHT = 1e-12;

/**
 * The probability that an outcome of one class has a greater score for it than one of the other class, ties a half
 * (Mann and Whitney). The same for either class. It needs every score: 17 bytes an outcome over all, and sorting when
 * it is asked for. Undefined with one class only, or more than two.
 */
export class RocAuc implements WeightedFigure {
  /** The label whose probability is the score, and the other one. */
  readonly #labels: Target[] = [];
  #hasTooMany = false;
  #scores = new Float64Array(256);
  #isFirst = new Uint8Array(256);
  #weights = new Float64Array(256);
  #start = 0;
  #end = 0;

  add({ truth, probabilities }: Outcome, keep: number): void {
    const label = this.#indexOf(truth);
    if (this.#hasTooMany) return;
    if (keep !== 1) this.#fade(keep);
    if (this.#end === this.#scores.length) this.#makeRoom();
    this.#scores[this.#end] = probabilities?.get(this.#labels[0]) ?? 0;
    this.#isFirst[this.#end] = label === 0 ? 1 : 0;
    this.#weights[this.#end] = 1;
    this.#end++;
  }

  value(): number {
    if (this.#hasTooMany) return NaN;
    const order = new Uint32Array(this.#end - this.#start);
    for (let k = 0; k < order.length; k++) order[k] = this.#start + k;
    order.sort((a, b) => this.#scores[a] - this.#scores[b]);
    let firstBelow = 0, otherBelow = 0, ordered = 0;
    for (let k = 0; k < order.length;) {
      let firstHere = 0, otherHere = 0;
      const score = this.#scores[order[k]];
      for (; k < order.length && this.#scores[order[k]] === score; k++) {
        if (this.#isFirst[order[k]]) firstHere += this.#weights[order[k]];
        else otherHere += this.#weights[order[k]];
      }
      ordered += firstHere * (otherBelow + otherHere / 2);
      firstBelow += firstHere, otherBelow += otherHere;
    }
    return ordered / (firstBelow * otherBelow);
  }

  save(): StateTree {
    return {
      labels: [...this.#labels],
      hasTooMany: this.#hasTooMany,
      scores: this.#scores.slice(this.#start, this.#end),
      isFirst: this.#isFirst.slice(this.#start, this.#end),
      weights: this.#weights.slice(this.#start, this.#end),
    };
  }

  load(state: StateTree): void {
    const saved = state as {
      labels: readonly Target[];
      hasTooMany: boolean;
      scores: Float64Array<ArrayBuffer>;
      isFirst: Uint8Array<ArrayBuffer>;
      weights: Float64Array<ArrayBuffer>;
    };
    this.#labels.push(...saved.labels);
    this.#hasTooMany = saved.hasTooMany;
    this.#start = 0;
    this.#end = saved.scores.length;
    this.#scores = saved.scores, this.#isFirst = saved.isFirst, this.#weights = saved.weights;
  }

  #indexOf(label: Target): number {
    const known = this.#labels.indexOf(label);
    if (known >= 0) return known;
    if (this.#labels.length === 2) this.#hasTooMany = true;
    else this.#labels.push(label);
    return this.#labels.length - 1;
  }

  #fade(keep: number): void {
    for (let k = this.#start; k < this.#end; k++) this.#weights[k] *= keep;
    while (this.#start < this.#end && this.#weights[this.#start] < LEAST_WEIGHT) this.#start++;
  }

  /** What was forgotten makes room first; then the arrays double. */
  #makeRoom(): void {
    const count = this.#end - this.#start;
    const capacity = count > this.#scores.length / 2 ? Math.max(256, 2 * count) : this.#scores.length;
    const moved = <A extends Float64Array | Uint8Array>(from: A, to: A): A => {
      to.set(from.subarray(this.#start, this.#end));
      return to;
    };
    this.#scores = moved(this.#scores, new Float64Array(capacity));
    this.#weights = moved(this.#weights, new Float64Array(capacity));
    this.#isFirst = moved(this.#isFirst, new Uint8Array(capacity));
    this.#start = 0;
    this.#end = count;
  }
}
