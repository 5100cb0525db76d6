/** Models that are not linear, or take observations as they are. */
import { LastValue, RunningMean } from "../models/naive.ts";
import { OnlineRecommender, type RecommenderOptions } from "../models/recommender.ts";
import { type ParameterSpecs, type ParameterValues, parseParameters } from "../parameters.ts";
import type { MakeContext, ModelEntry } from "./entry.ts";
import { real } from "./number_specs.ts";

const IDS = {
  user: { kind: "text", default: "user", help: "the feature that holds the user's id" },
  item: { kind: "text", default: "item", help: "the feature that holds the item's id" },
  clip: real(1e-12, 1e300, 1e12, "greatest absolute gradient"),
} as const;
const BIASES = {
  "bias-rate": real(1e-12, 1e6, 0.01, "learning rate of the biases"),
  "bias-l2": real(0, 1e6, 0, "pulls biases towards 0"),
} as const;
const FACTORS = {
  factors: {
    kind: "number",
    min: 1,
    max: 1024,
    whole: true,
    default: 10,
    help: "latent factors of each user and item",
  },
  l2: real(0, 1e6, 0, "pulls factors towards 0"),
  "initial-deviation": real(0, 1e6, 0.1, "standard deviation of the factors that a new id starts with"),
} as const;
const BIASED = {
  ...FACTORS,
  "factor-rate": real(1e-12, 1e6, 0.01, "learning rate of the factors"),
  ...BIASES,
  ...IDS,
} as const;
const FUNK = {
  ...FACTORS,
  "factor-rate": real(1e-12, 1e6, 0.1, "learning rate of the factors"),
  ...IDS,
} as const;
const BASELINE = { ...BIASES, ...IDS } as const;

const NONE = { factorCount: 0, factorRate: 0, factorL2: 0, biasRate: 0, biasL2: 0, initialDeviation: 0 };

function idOptions({ user, item, clip }: ParameterValues<typeof IDS>, { seed }: MakeContext) {
  return { userFeature: user, itemFeature: item, clip, seed };
}

function biasOptions(values: ParameterValues<typeof BIASES>) {
  return { hasBiases: true, biasRate: values["bias-rate"], biasL2: values["bias-l2"] };
}

function factorOptions(values: ParameterValues<typeof FACTORS>, factorRate: number) {
  const { factors, l2 } = values;
  return { factorCount: factors, factorL2: l2, factorRate, initialDeviation: values["initial-deviation"] };
}

function recommender<S extends ParameterSpecs>(
  head: { readonly name: string; readonly lesson: string; readonly parameters: S },
  options: (values: ParameterValues<S>, context: MakeContext) => Omit<RecommenderOptions, "name">,
): ModelEntry {
  return {
    kind: "model",
    task: "regression",
    ...head,
    make: (step, context) => {
      const values = parseParameters(head.parameters, step);
      return new OnlineRecommender(context.kernels, { name: head.name, ...options(values, context) });
    },
  };
}

export const OTHER_MODELS: readonly ModelEntry[] = [
  {
    kind: "model",
    task: "regression",
    name: "mean",
    lesson: "The mean of all targets so far: what a model has to beat.",
    parameters: {},
    make: (step) => (parseParameters({}, step), new RunningMean()),
  },
  {
    kind: "model",
    task: "regression",
    name: "last",
    lesson: "The target before: hard to beat where targets move slowly.",
    parameters: {},
    make: (step) => (parseParameters({}, step), new LastValue()),
  },
  recommender({
    name: "baseline",
    lesson: "Mean, and how far each user and each item lies from it: most of what ratings say.",
    parameters: BASELINE,
  }, (values, context) => ({ ...NONE, ...biasOptions(values), ...idOptions(values, context) })),
  recommender({
    name: "funk-mf",
    lesson: "Factors of users and items alone (Simon Funk 2006); has to learn the mean by them too.",
    parameters: FUNK,
  }, (values, context) => ({
    ...NONE,
    hasBiases: false,
    ...factorOptions(values, values["factor-rate"]),
    ...idOptions(values, context),
  })),
  recommender({
    name: "biased-mf",
    lesson: "Baseline and factors together: tastes on top of how strict a user and how good an item is.",
    parameters: BIASED,
  }, (values, context) => ({
    ...NONE,
    ...biasOptions(values),
    ...factorOptions(values, values["factor-rate"]),
    ...idOptions(values, context),
  })),
];
