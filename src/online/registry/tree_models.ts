/** Hoeffding trees. */
import { HoeffdingClassifier } from "../models/tree/hoeffding_classifier.ts";
import { HoeffdingRegressor } from "../models/tree/hoeffding_regressor.ts";
import { type ParameterValues, parseParameters } from "../parameters.ts";
import type { ClassifierEntry, RegressorEntry } from "./entry.ts";
import { real, whole } from "./number_specs.ts";

const GROWTH = {
  "grace-period": whole(1, 1e9, 200, "observations of a leaf between two attempts to split it"),
  delta: real(1e-300, 1, 1e-7, "probability that a split is not the one that endless data would choose"),
  tau: real(0, 1, 0.05, "where the bound falls below it, a tie is broken"),
  "max-depth": whole(0, 1000, 60, "tests on the way to a leaf"),
  "max-leaves": whole(1, 1e6, 500, "with so many the tree stops growing"),
} as const;
const TREE = {
  leaf: {
    kind: "choice",
    choices: ["mean", "model", "adaptive"],
    default: "adaptive",
    help: "what a leaf predicts: the mean, a linear model, or the one whose errors were smaller of late",
  },
  "learning-rate": real(1e-12, 1e6, 0.01, "of the linear models in the leaves"),
  decay: real(0, 1, 0.95, "what is kept of their errors with each observation"),
  "min-samples": whole(1, 1e9, 5, "least observations on each side of a split"),
  digits: whole(0, 6, 1, "decimal places of the thresholds that are tried"),
  bins: whole(8, 1e6, 128, "thresholds that are tried for a feature; with more the places become coarser"),
  ...GROWTH,
} as const;
const TREE_CLASSIFIER = {
  leaf: {
    kind: "choice",
    choices: ["majority", "naive-bayes", "adaptive"],
    default: "adaptive",
    help: "what a leaf predicts: shares of classes, naive Bayes, or the one that was right more often",
  },
  splits: whole(1, 1000, 10, "thresholds that are tried for each feature"),
  "min-branch-fraction": real(0, 0.5, 0.01, "least share of observations on each side of a split"),
  "max-share": real(0.5, 1, 0.99, "above this share of one class a leaf is not split"),
  ...GROWTH,
} as const;

function growthOf(values: ParameterValues<typeof GROWTH>) {
  const { delta, tau } = values;
  const gracePeriod = values["grace-period"], maxDepth = values["max-depth"];
  return { gracePeriod, delta, tau, maxDepth, maxLeaves: values["max-leaves"] };
}

export const TREE_MODELS: readonly (RegressorEntry | ClassifierEntry)[] = [
  {
    kind: "regressor",
    fusesScaler: false,
    name: "tree",
    lesson: "A Hoeffding tree: grows a test once the data prove it best; needs no scaler, sees what bends.",
    parameters: TREE,
    make: (step) => {
      const values = parseParameters(TREE, step);
      return new HoeffdingRegressor({
        ...growthOf(values),
        prediction: values.leaf,
        learningRate: values["learning-rate"],
        decay: values.decay,
        minSamples: values["min-samples"],
        digits: values.digits,
        maxBins: values.bins,
      });
    },
  },
  {
    kind: "classifier",
    fusesScaler: false,
    name: "tree-classifier",
    lesson: "A Hoeffding tree for any number of classes, with naive Bayes in its leaves where that helps.",
    parameters: TREE_CLASSIFIER,
    make: (step) => {
      const values = parseParameters(TREE_CLASSIFIER, step);
      return new HoeffdingClassifier({
        ...growthOf(values),
        prediction: values.leaf,
        splits: values.splits,
        minBranchFraction: values["min-branch-fraction"],
        maxShare: values["max-share"],
      });
    },
  },
];
