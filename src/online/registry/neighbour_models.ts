/** Nearest neighbours over a window. */
import { NeighboursClassifier, NeighboursRegressor } from "../models/nearest_neighbours.ts";
import { parseParameters } from "../parameters.ts";
import type { ClassifierEntry, RegressorEntry } from "./entry.ts";
import { whole } from "./number_specs.ts";

const NEIGHBOURS = {
  neighbours: whole(1, 1000, 5, "how many decide"),
  window: whole(1, 1e6, 1000, "newest observations that are kept; with each its cost grows"),
} as const;
const KNN = {
  aggregation: {
    kind: "choice",
    choices: ["mean", "median", "weighted"],
    default: "mean",
    help: "of the neighbours' targets; weighted by 1/distance",
  },
  ...NEIGHBOURS,
} as const;
const KNN_CLASSIFIER = {
  votes: {
    kind: "choice",
    choices: ["weighted", "alike"],
    default: "weighted",
    help: "by 1/distance, or all alike",
  },
  ...NEIGHBOURS,
} as const;

export const NEIGHBOUR_MODELS: readonly (RegressorEntry | ClassifierEntry)[] = [
  {
    kind: "regressor",
    fusesScaler: false,
    name: "knn",
    lesson: "What the nearest of the newest observations had; forgets by itself. Scale the features first.",
    parameters: KNN,
    make: (step, context) => new NeighboursRegressor(context.kernels, parseParameters(KNN, step), context),
  },
  {
    kind: "classifier",
    fusesScaler: false,
    name: "knn-classifier",
    lesson:
      "Votes of the nearest of the newest observations, any number of classes. Scale the features first.",
    parameters: KNN_CLASSIFIER,
    make: (step, context) => {
      const { votes, ...options } = parseParameters(KNN_CLASSIFIER, step);
      return new NeighboursClassifier(
        context.kernels,
        { ...options, isWeighted: votes === "weighted" },
        context,
      );
    },
  },
];
