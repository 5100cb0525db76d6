/** Watches how well the learner predicts, and says when that changes. */
import type { DriftMark } from "../domain/learner_figures.ts";
import type { StateTree } from "../domain/state_tree.ts";
import { Adwin } from "../evaluate/drift/adwin.ts";
import type { DriftDetector } from "../evaluate/drift/drift_detector.ts";
import { PageHinkley } from "../evaluate/drift/page_hinkley.ts";

export type WatchedFigure = DriftMark["figure"];

/** Marks that are remembered. */
const KEPT_MARKS = 20;
const FIGURES: readonly WatchedFigure[] = ["recallAt10", "squaredError"];

/**
 * Page-Hinkley's tolerance and threshold, by figure. A false alarm costs a training: with the usual 0.005 and 50 hits of which
 * nothing changes raise one in 25,000; with these one in more than 200,000, and a fall from 0.15 to 0.05 is seen after
 * about 800.
 */
const FEWER_HITS = { direction: "down", delta: 0.02, threshold: 80 } as const;
const GREATER_ERRORS = { direction: "up", delta: 0.005, threshold: 10 } as const;

/** ADWIN sees any change of a figure's mean; Page-Hinkley one for the worse: fewer hits, or greater errors. */
export class DriftWatch {
  readonly #detectors: Readonly<Record<WatchedFigure, readonly DriftDetector[]>> = {
    recallAt10: [new Adwin(), new PageHinkley(FEWER_HITS)],
    squaredError: [new Adwin(), new PageHinkley(GREATER_ERRORS)],
  };
  #count = 0;
  #marks: readonly DriftMark[] = [];

  /** Ever. */
  get count(): number {
    return this.#count;
  }

  /** The last ones, oldest first. */
  get marks(): readonly DriftMark[] {
    return this.#marks;
  }

  /** A value of the figure, from 0 to 1 (errors as a share of the greatest there can be), of the event at this offset. */
  observe(figure: WatchedFigure, value: number, offset: number): void {
    for (const detector of this.#detectors[figure]) {
      if (!detector.update(value)) continue;
      this.#count++;
      this.#marks = [...this.#marks, { detector: detector.name, figure, offset }].slice(-KEPT_MARKS);
    }
  }

  save(): StateTree {
    return {
      count: this.#count,
      marks: this.#marks.map(({ detector, figure, offset }) => [detector, figure, offset]),
      detectors: FIGURES.map((figure) => this.#detectors[figure].map((detector) => detector.save())),
    };
  }

  load(state: StateTree): void {
    const { count, marks, detectors } = state as unknown as {
      count: number;
      marks: readonly [detector: string, figure: WatchedFigure, offset: number][];
      detectors: readonly (readonly StateTree[])[];
    };
    this.#count = count;
    this.#marks = marks.map(([detector, figure, offset]) => ({ detector, figure, offset }));
    FIGURES.forEach((figure, f) => this.#detectors[figure].forEach((one, d) => one.load(detectors[f][d])));
  }
}
