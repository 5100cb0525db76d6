/** Factorization machines. */
import {
  FactorizationMachineClassifier,
  type FactorizationMachineOptions,
  FactorizationMachineRegressor,
} from "../models/factorization_machine.ts";
import { type ParameterValues, parseParameters } from "../parameters.ts";
import type { ClassifierEntry, RegressorEntry } from "./entry.ts";
import { CLASS_LOSS, LOSS_DEFAULTS, LOSS_PARAMETER, REGRESSION_LOSS } from "./linear_models.ts";
import { real, whole } from "./number_specs.ts";

const MACHINE = {
  factors: whole(1, 1024, 10, "latent factors of each feature"),
  "weight-rate": real(0, 1e6, 0.01, "learning rate of the weights"),
  "factor-rate": real(0, 1e6, 0.01, "learning rate of the factors"),
  "intercept-rate": real(0, 1e6, 0.01, "learning rate of the intercept"),
  "weight-l1": real(0, 1e6, 0, "pulls weights to 0"),
  "weight-l2": real(0, 1e6, 0, "pulls weights towards 0"),
  "factor-l1": real(0, 1e6, 0, "pulls factors to 0"),
  "factor-l2": real(0, 1e6, 0, "pulls factors towards 0"),
  "initial-deviation": real(0, 1e6, 0.1, "standard deviation of the factors that a new feature starts with"),
  clip: real(1e-12, 1e300, 1e12, "greatest absolute gradient"),
} as const;
const REGRESSION = { loss: REGRESSION_LOSS, "loss-parameter": LOSS_PARAMETER, ...MACHINE } as const;
const CLASSES = { loss: CLASS_LOSS, "loss-parameter": LOSS_PARAMETER, ...MACHINE } as const;

type Values = ParameterValues<typeof REGRESSION> | ParameterValues<typeof CLASSES>;

function optionsOf(values: Values, seed: number): FactorizationMachineOptions {
  const { loss, clip } = values;
  return {
    loss,
    lossParameter: values["loss-parameter"] ?? LOSS_DEFAULTS[loss] ?? 0,
    factorCount: values.factors,
    weightRate: values["weight-rate"],
    factorRate: values["factor-rate"],
    interceptRate: values["intercept-rate"],
    weightL1: values["weight-l1"],
    weightL2: values["weight-l2"],
    factorL1: values["factor-l1"],
    factorL2: values["factor-l2"],
    initialDeviation: values["initial-deviation"],
    clip,
    seed,
  };
}

export const MACHINE_MODELS: readonly (RegressorEntry | ClassifierEntry)[] = [
  {
    kind: "regressor",
    fusesScaler: false,
    name: "fm",
    lesson: "A linear model, and factors for what each pair of features says together: good on sparse texts.",
    parameters: REGRESSION,
    make: (step, context) => {
      const options = optionsOf(parseParameters(REGRESSION, step), context.seed);
      return new FactorizationMachineRegressor(context.kernels, options, context);
    },
  },
  {
    kind: "classifier",
    fusesScaler: false,
    name: "fm-classifier",
    lesson: "The factorization machine of a probability: two classes.",
    parameters: CLASSES,
    make: (step, context) => {
      const options = optionsOf(parseParameters(CLASSES, step), context.seed);
      return new FactorizationMachineClassifier(context.kernels, options, context);
    },
  },
];
