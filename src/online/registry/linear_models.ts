/** Linear models and their many parameters. */
import { BadInput } from "../../domain/failure.ts";
import {
  type LinearOptions,
  type Loss,
  type Optimizer,
  OPTIMIZERS,
  SCHEDULES,
} from "../../kernels/online_linear.ts";
import { LinearClassifier, LinearRegressor } from "../models/linear.ts";
import { type ParameterSpec, type ParameterValues, parseParameters } from "../parameters.ts";
import type { ClassifierEntry, RegressorEntry } from "./entry.ts";
import { real } from "./number_specs.ts";

function open(min: number, max: number, help: string) {
  return { kind: "number", min, max, help } as const satisfies ParameterSpec;
}

/** Of the optimizers. */
export const STEP = {
  optimizer: {
    kind: "choice",
    choices: OPTIMIZERS,
    default: "sgd",
    help: "how a gradient moves the weights",
  },
  "learning-rate": open(1e-12, 1e6, "of the optimizer; 0.01 for sgd, 0.05 for ftrl, 0.1 for the others"),
  schedule: { kind: "choice", choices: SCHEDULES, default: "constant", help: "how the learning rate falls" },
  power: real(0, 10, 0.5, "of inverse scaling: rate/(t+1)^power"),
  rho: open(0, 1, "memory of momentum, nesterov, rmsprop (0.9) and adadelta (0.95)"),
  beta1: real(0, 0.999999, 0.9, "memory of the mean gradient (adam, amsgrad)"),
  beta2: real(0, 0.999999, 0.999, "memory of its square (adam, amsgrad)"),
  epsilon: real(1e-300, 1, 1e-8, "keeps divisors from 0"),
  "ftrl-beta": real(0, 1e6, 1, "of ftrl"),
  "ftrl-l1": real(0, 1e6, 0, "of ftrl: weights of little use become exactly 0"),
  "ftrl-l2": real(0, 1e6, 1, "of ftrl"),
  l1: real(0, 1e6, 0, "pulls weights to exactly 0 (cumulative penalty)"),
  l2: real(0, 1e6, 0, "pulls weights towards 0"),
  clip: real(1e-12, 1e300, 1e12, "greatest absolute gradient"),
  "intercept-rate": real(0, 1e6, 0.01, "learning rate of the intercept, apart from the optimizer"),
} as const;

export const LOSS_PARAMETER = open(
  0,
  1e6,
  "delta of huber (0.1), quantile (0.5), epsilon (0.1), margin of hinge (1)",
);
export const REGRESSION_LOSS = {
  kind: "choice",
  choices: ["squared", "absolute", "huber", "quantile", "epsilon-insensitive", "poisson"],
  default: "squared",
  help: "what is made small; poisson predicts counts",
} as const;
export const CLASS_LOSS = {
  kind: "choice",
  choices: ["log", "hinge"],
  default: "log",
  help: "what is made small",
} as const;
const REGRESSION = {
  loss: REGRESSION_LOSS,
  "loss-parameter": LOSS_PARAMETER,
  ...STEP,
} as const;
const LOGISTIC = {
  loss: CLASS_LOSS,
  "loss-parameter": LOSS_PARAMETER,
  ...STEP,
} as const;
const PERCEPTRON = { l2: STEP.l2, clip: STEP.clip } as const;
const PASSIVE_AGGRESSIVE = {
  c: real(1e-12, 1e12, 1, "greatest step: small where the data is noisy"),
  variant: {
    kind: "choice",
    choices: ["1", "2"],
    default: "1",
    help: "PA-I bounds the step, PA-II softens it",
  },
} as const;
const PA_REGRESSION = {
  ...PASSIVE_AGGRESSIVE,
  epsilon: real(0, 1e150, 0.1, "errors up to this change nothing"),
} as const;

export const LOSS_DEFAULTS: Readonly<Partial<Record<Loss, number>>> = {
  huber: 0.1,
  quantile: 0.5,
  "epsilon-insensitive": 0.1,
  hinge: 1,
};
const RATE_DEFAULTS: Readonly<Partial<Record<Optimizer, number>>> = { sgd: 0.01, ftrl: 0.05 };

/** What no parameter of an entry sets. */
const PLAIN: LinearOptions = {
  algorithm: "gradient",
  loss: "squared",
  lossParameter: 0,
  optimizer: "sgd",
  learningRate: 0.01,
  schedule: "constant",
  scheduleParameter: 0.5,
  rho: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  ftrlBeta: 1,
  ftrlL1: 0,
  ftrlL2: 1,
  l1: 0,
  l2: 0,
  clip: 1e12,
  interceptRate: 0.01,
  aggressiveness: 1,
  variant: 1,
};

type GradientValues = ParameterValues<typeof STEP> & {
  readonly loss: Loss;
  readonly "loss-parameter": number | undefined;
};

/** Throws BadInput for l1 and l2 at once. */
export function gradientOptions(values: GradientValues): LinearOptions {
  const { optimizer, schedule, loss } = values;
  if (values.l1 > 0 && values.l2 > 0) {
    throw new BadInput(`a linear model with l1 ${values.l1} and l2 ${values.l2}: one of the two is accepted`);
  }
  const learningRate = values["learning-rate"] ?? RATE_DEFAULTS[optimizer] ?? 0.1;
  // Bottou 2012: the first step is about as great as a typical weight, √(1/√α).
  const firstStep = Math.sqrt(1 / Math.sqrt(learningRate));
  return {
    ...PLAIN,
    loss,
    lossParameter: values["loss-parameter"] ?? LOSS_DEFAULTS[loss] ?? 0,
    optimizer,
    learningRate,
    schedule,
    scheduleParameter: schedule === "optimal" ? 1 / (firstStep * learningRate) : values.power,
    rho: values.rho ?? (optimizer === "adadelta" ? 0.95 : 0.9),
    beta1: values.beta1,
    beta2: values.beta2,
    epsilon: values.epsilon,
    ftrlBeta: values["ftrl-beta"],
    ftrlL1: values["ftrl-l1"],
    ftrlL2: values["ftrl-l2"],
    l1: values.l1,
    l2: values.l2,
    clip: values.clip,
    interceptRate: values["intercept-rate"],
  };
}

function passiveAggressiveOptions(
  { c, variant }: ParameterValues<typeof PASSIVE_AGGRESSIVE>,
  loss: Loss,
  lossParameter: number,
): LinearOptions {
  return {
    ...PLAIN,
    algorithm: "passive-aggressive",
    loss,
    lossParameter,
    aggressiveness: c,
    variant: Number(variant),
  };
}

export const LINEAR_MODELS: readonly (RegressorEntry | ClassifierEntry)[] = [
  {
    kind: "regressor",
    fusesScaler: true,
    name: "linear",
    lesson: "A weight for each feature, moved against the error: quick, hard to beat on scaled features.",
    parameters: REGRESSION,
    make: (step, context) =>
      new LinearRegressor(context.kernels, gradientOptions(parseParameters(REGRESSION, step)), context),
  },
  {
    kind: "classifier",
    fusesScaler: true,
    name: "logistic",
    lesson: "The linear model of a probability: two classes, and how sure it is.",
    parameters: LOGISTIC,
    make: (step, context) =>
      new LinearClassifier(context.kernels, gradientOptions(parseParameters(LOGISTIC, step)), context),
  },
  {
    kind: "classifier",
    fusesScaler: true,
    name: "perceptron",
    lesson: "The oldest: moves only when it is wrong, by the whole observation.",
    parameters: PERCEPTRON,
    make: (step, context) => {
      const { l2, clip } = parseParameters(PERCEPTRON, step);
      const options: LinearOptions = { ...PLAIN, loss: "hinge", learningRate: 1, interceptRate: 1, l2, clip };
      return new LinearClassifier(context.kernels, options, context);
    },
  },
  {
    kind: "regressor",
    fusesScaler: true,
    name: "pa",
    lesson:
      "Passive-aggressive: each step as small as puts the last error right; no learning rate to choose.",
    parameters: PA_REGRESSION,
    make: (step, context) => {
      const values = parseParameters(PA_REGRESSION, step);
      const options = passiveAggressiveOptions(values, "epsilon-insensitive", values.epsilon);
      return new LinearRegressor(context.kernels, options, context);
    },
  },
  {
    kind: "classifier",
    fusesScaler: true,
    name: "pa-classifier",
    lesson: "Passive-aggressive for two classes: each step as small as gives the last one its margin.",
    parameters: PASSIVE_AGGRESSIVE,
    make: (step, context) => {
      const values = parseParameters(PASSIVE_AGGRESSIVE, step);
      return new LinearClassifier(context.kernels, passiveAggressiveOptions(values, "hinge", 1), context);
    },
  },
];
