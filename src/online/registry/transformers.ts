/** Steps before a model. */
import { BadInput } from "../../domain/failure.ts";
import { parseParameters } from "../parameters.ts";
import type { StepText } from "../pipeline_text.ts";
import { Cross } from "../transformers/cross.ts";
import { FeatureHasher } from "../transformers/feature_hasher.ts";
import { MinMaxScaler } from "../transformers/min_max_scaler.ts";
import { OneHot } from "../transformers/one_hot.ts";
import { Select } from "../transformers/select.ts";
import { StandardScaler } from "../transformers/standard_scaler.ts";
import type { ClipEntry, TransformerEntry } from "./entry.ts";

const ONE_HOT = {
  "max-categories": {
    kind: "number",
    min: 1,
    max: 1e6,
    whole: true,
    default: 10_000,
    help: "texts of a feature that get one of their own; further ones share one",
  },
} as const;

const HASH = {
  buckets: { kind: "number", min: 1, max: 1 << 20, whole: true, default: 1024, help: "slots that all share" },
} as const;

const CLIP = {
  min: { kind: "number", min: -1e150, max: 1e150, default: -1e150, help: "smallest prediction" },
  max: { kind: "number", min: -1e150, max: 1e150, default: 1e150, help: "greatest prediction" },
} as const;

export const TRANSFORMERS: readonly (TransformerEntry | ClipEntry)[] = [
  {
    kind: "transformer",
    name: "scale",
    lesson: "Mean 0 and variance 1 by what was seen so far: gradient steps need it, trees do not.",
    parameters: {},
    make: (step, { kernels }, input) => (parseParameters({}, step), new StandardScaler(kernels, input)),
  },
  {
    kind: "transformer",
    name: "min-max",
    lesson: "To 0..1 by the smallest and greatest seen so far; one outlier squeezes all that follows.",
    parameters: {},
    make: (step, _, input) => (parseParameters({}, step), new MinMaxScaler(input)),
  },
  {
    kind: "transformer",
    name: "one-hot",
    lesson: 'Texts as features of their own: "red" of "color" becomes "color=red".',
    parameters: ONE_HOT,
    make: (step, _, input) => new OneHot(input, parseParameters(ONE_HOT, step)["max-categories"]),
  },
  {
    kind: "transformer",
    name: "hash",
    lesson: "Any number of names and texts in a fixed number of slots: bounded memory for some collisions.",
    parameters: HASH,
    make: (step, { seed }, input) => new FeatureHasher(input, parseParameters(HASH, step).buckets, seed),
  },
  {
    kind: "transformer",
    name: "cross",
    lesson: "Adds products: what two features say together, a linear model cannot say otherwise.",
    parameters: {},
    plain: "products, for example a*b",
    make: (step, _, input) => new Cross(input, plainValues(step, "products such as a*b", /\*/)),
  },
  {
    kind: "transformer",
    name: "select",
    lesson: "Keeps the features named, drops the others.",
    parameters: {},
    plain: "names of features",
    make: (step, _, input) => new Select(input, plainValues(step, "names of features", /^/)),
  },
  {
    kind: "clip",
    name: "clip",
    lesson: "After a regression: bounds its predictions, as for ratings of 1 to 5; learning is not changed.",
    parameters: CLIP,
    bounds: (step) => {
      const { min, max } = parseParameters(CLIP, step);
      if (min <= max) return { min, max };
      throw new BadInput(`the step "clip" was given min ${min} and max ${max}; min up to max is accepted`);
    },
  },
];

function plainValues(step: StepText, what: string, form: RegExp): readonly string[] {
  parseParameters({}, step);
  if (step.plain.length > 0 && step.plain.every((value) => form.test(value))) return step.plain;
  throw new BadInput(`the step "${step.name}" was given (${step.plain.join(", ")}); accepted are ${what}`);
}
