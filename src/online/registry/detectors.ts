/** Drift detectors by name: what is fed to them are a model's errors. */
import { BadInput } from "../../domain/failure.ts";
import { Adwin, ADWIN_DEFAULTS } from "../../evaluate/drift/adwin.ts";
import { Ddm, DDM_DEFAULTS } from "../../evaluate/drift/ddm.ts";
import type { DriftDetector } from "../../evaluate/drift/drift_detector.ts";
import { Kswin, KSWIN_DEFAULTS } from "../../evaluate/drift/kswin.ts";
import { PAGE_HINKLEY_DEFAULTS, PageHinkley } from "../../evaluate/drift/page_hinkley.ts";
import { type ParameterSpecs, parseParameters } from "../parameters.ts";
import { parsePipeline, type StepText } from "../pipeline_text.ts";
import { real, whole } from "./number_specs.ts";

export interface DetectorEntry {
  readonly name: string;
  readonly lesson: string;
  readonly parameters: ParameterSpecs;
  make(step: StepText, seed: number): DriftDetector;
}

const ADWIN = {
  delta: real(1e-12, 1, ADWIN_DEFAULTS.delta, "bound on false alarms at any one time"),
  clock: whole(1, 1e6, ADWIN_DEFAULTS.clock, "numbers between two looks"),
} as const;
const PAGE_HINKLEY = {
  "min-count": whole(1, 1e6, PAGE_HINKLEY_DEFAULTS.minCount, "numbers before the first alarm"),
  delta: real(0, 1e6, PAGE_HINKLEY_DEFAULTS.delta, "deviations up to this are tolerated"),
  threshold: real(0, 1e12, PAGE_HINKLEY_DEFAULTS.threshold, "how far the sum of deviations may climb"),
  alpha: real(0, 1, PAGE_HINKLEY_DEFAULTS.alpha, "what is kept of the sums with each number"),
  direction: {
    kind: "choice",
    choices: ["up", "down", "both"],
    default: PAGE_HINKLEY_DEFAULTS.direction,
    help: "which change counts",
  },
} as const;
const DDM = {
  "min-count": whole(1, 1e6, DDM_DEFAULTS.minCount, "numbers before the first look"),
  threshold: real(0, 100, DDM_DEFAULTS.threshold, "standard deviations above the best error rate"),
} as const;
const KSWIN = {
  alpha: real(1e-300, 1, KSWIN_DEFAULTS.alpha, "probability of a false alarm of one test"),
  window: whole(2, 1e6, KSWIN_DEFAULTS.windowSize, "numbers in the window"),
  sample: whole(1, 1e6, KSWIN_DEFAULTS.sampleSize, "newest numbers, compared with as many older ones"),
} as const;

/** In the order in which they are listed. */
export const DETECTORS: readonly DetectorEntry[] = [
  {
    name: "adwin",
    lesson:
      "A window that is as long as the errors have stayed the same; little to choose, works on any errors.",
    parameters: ADWIN,
    make: (step) => new Adwin(parseParameters(ADWIN, step)),
  },
  {
    name: "page-hinkley",
    lesson: "A sum of deviations from the mean that climbs when errors grow; the threshold is in their unit.",
    parameters: PAGE_HINKLEY,
    make: (step) => {
      const { "min-count": minCount, ...rest } = parseParameters(PAGE_HINKLEY, step);
      return new PageHinkley({ minCount, ...rest });
    },
  },
  {
    name: "ddm",
    lesson: "For classifications: an error rate that leaves its best by three standard deviations.",
    parameters: DDM,
    make: (step) => {
      const { "min-count": minCount, threshold } = parseParameters(DDM, step);
      return new Ddm({ minCount, threshold });
    },
  },
  {
    name: "kswin",
    lesson:
      "Compares the distribution of the newest errors with that of older ones; sees more than the mean.",
    parameters: KSWIN,
    make: (step, seed) => {
      const { alpha, window, sample } = parseParameters(KSWIN, step);
      if (2 * sample <= window) return new Kswin({ alpha, windowSize: window, sampleSize: sample, seed });
      throw new BadInput(
        `the step "kswin" was given window ${window} and sample ${sample}; up to half is accepted`,
      );
    },
  },
];

/** The detector that a text such as `adwin(delta=0.01)` names. Throws BadInput. */
export function createDetector(text: string, seed: number): DriftDetector {
  const [step, ...more] = parsePipeline(text);
  const entry = DETECTORS.find(({ name }) => name === step.name);
  if (entry === undefined || more.length > 0 || step.plain.length > 0) {
    const known = DETECTORS.map(({ name }) => name).join(", ");
    throw new BadInput(
      `the drift detector '${text}': accepted is one of ${known}, with parameters as name=value`,
    );
  }
  return entry.make(step, seed);
}
