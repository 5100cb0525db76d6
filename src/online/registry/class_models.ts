/** Classifications by weights that are no logistic regression: softmax and ALMA. */
import { AlmaClassifier } from "../models/alma.ts";
import { SoftmaxRegression } from "../models/softmax.ts";
import { parseParameters } from "../parameters.ts";
import type { ClassifierEntry } from "./entry.ts";
import { gradientOptions, STEP } from "./linear_models.ts";
import { real } from "./number_specs.ts";

const { l1: _l1, clip: _clip, "intercept-rate": _interceptRate, ...SOFTMAX } = STEP;
const ALMA = {
  p: real(2, 100, 2, "order of the norm: greater where few of many features matter"),
  alpha: real(1e-9, 1, 0.9, "share of the greatest margin that is wanted"),
  b: real(1e-12, 1e12, 1 / 0.9, "scale of the margin"),
  c: real(1e-12, 1e12, Math.SQRT2, "scale of the steps"),
} as const;

export const CLASS_MODELS: readonly ClassifierEntry[] = [
  {
    kind: "classifier",
    fusesScaler: false,
    name: "softmax",
    lesson: "The logistic model of any number of classes: a weight for each class and feature.",
    parameters: SOFTMAX,
    make: (step, context) => {
      const values = parseParameters(SOFTMAX, step);
      const unused = { l1: 0, clip: 1e12, "intercept-rate": 0, "loss-parameter": undefined } as const;
      return new SoftmaxRegression(
        context.kernels,
        gradientOptions({ ...values, ...unused, loss: "log" }),
        context,
      );
    },
  },
  {
    kind: "classifier",
    fusesScaler: false,
    name: "alma",
    lesson: "Learns also from what it gets right by too little, ever more gently: a margin without a rate.",
    parameters: ALMA,
    make: (step, context) => new AlmaClassifier(context.kernels, parseParameters(ALMA, step), context),
  },
];
