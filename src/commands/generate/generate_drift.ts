/** Drift schedules as text: `abrupt(at=5000)`, `gradual(at=5000, width=1000)`, `recurring(every=5000)`. */
import { BadInput } from "../../domain/failure.ts";
import { type ParameterSpecs, parseParameters } from "../../online/parameters.ts";
import { parseStep, type StepText } from "../../online/pipeline_text.ts";
import {
  type DriftSchedule,
  listedSchedule,
  recurringSchedule,
  type Transition,
} from "../../synthesize/drift_schedule.ts";

/** What a drift text means depends on the stream that it is for. */
export interface DriftContext {
  readonly concepts: readonly string[];
  /** Index of the concept that the stream begins with. */
  readonly initial: number;
  /** Observations a second; undefined: none was given, so times mean nothing. */
  readonly rate?: number;
}

export const DRIFT_HELP = `Drift (--drift): changes, separated by ";".
  abrupt(at=5000)                  from observation 5000 on, the next concept; to=3 or to=NAME: another one
  gradual(at=5000, width=1000)     mixed: P(new) = 1/(1+exp(-4 (t-at)/width))
  recurring(every=5000, width=0)   one concept after the other for ever; concepts=3: among the first three
Places and widths are counts of observations, or with --rate times of the stream such as 30s, 5m, 2h.`;

const text = (help: string) => ({ kind: "text", default: "", help }) as const;
const ABRUPT = { at: text("where"), to: text("which concept") } as const;
const GRADUAL = { ...ABRUPT, width: text("how wide") } as const;
const RECURRING = {
  every: text("how often"),
  width: text("how wide"),
  concepts: text("how many take turns"),
} as const;
const KINDS: Readonly<Record<string, ParameterSpecs>> = {
  abrupt: ABRUPT,
  gradual: GRADUAL,
  recurring: RECURRING,
};

/** Throws BadInput that names what cannot be read, and what is accepted. */
export function parseDrift(given: string, context: DriftContext): DriftSchedule {
  if (context.concepts.length < 2) {
    throw new BadInput(`--drift '${given}': the function has one concept only, so there is none to go to`);
  }
  const steps = given.split(";").map((one) => stepOf(one.trim(), given));
  if (steps.some(({ name }) => name === "recurring")) {
    if (steps.length === 1) return recurringOf(steps[0], context);
    throw new BadInput(`--drift '${given}': "recurring" is accepted alone`);
  }
  let last = context.initial;
  const transitions = steps.map((step): Transition => {
    const transition = transitionOf(step, last, context);
    last = transition.concept;
    return transition;
  });
  return listedSchedule(context.initial, transitions);
}

function stepOf(one: string, given: string): StepText {
  const step = parseStep(one);
  if (step !== undefined && Object.hasOwn(KINDS, step.name)) return step;
  throw new BadInput(
    `--drift was given '${given}', of which '${one}' cannot be read; accepted are abrupt(at=5000), ` +
      `gradual(at=5000, width=1000) and recurring(every=5000), separated by ";"`,
  );
}

function transitionOf(step: StepText, last: number, context: DriftContext): Transition {
  const values = parseParameters(KINDS[step.name], step) as Readonly<Record<string, string>>;
  const position = amountOf(step.name, "at", values.at, context);
  const concept = values.to === ""
    ? (last + 1) % context.concepts.length
    : conceptOf(values.to, context.concepts);
  if (step.name === "abrupt") return { position, concept, shape: "abrupt", width: 0 };
  return { position, concept, shape: "sigmoid", width: amountOf(step.name, "width", values.width, context) };
}

function recurringOf(step: StepText, context: DriftContext): DriftSchedule {
  const { every, width, concepts } = parseParameters(RECURRING, step);
  const most = context.concepts.length, count = concepts === "" ? 2 : Number(concepts);
  if (!(Number.isInteger(count) && count >= 2 && count <= most)) {
    throw new BadInput(
      `--drift recurring(concepts=${concepts}): a whole number from 2 to ${most} is accepted`,
    );
  }
  return recurringSchedule({
    concepts: Array.from({ length: count }, (_, k) => (context.initial + k) % most),
    every: amountOf("recurring", "every", every, context),
    width: width === "" || width === "0" ? 0 : amountOf("recurring", "width", width, context),
  });
}

/** Index of a concept that is given by name, or by its number from 1. Throws BadInput. */
export function conceptOf(given: string, concepts: readonly string[]): number {
  const byName = concepts.indexOf(given);
  if (byName >= 0) return byName;
  const number = Number(given);
  if (Number.isInteger(number) && number >= 1 && number <= concepts.length) return number - 1;
  throw new BadInput(
    `there is no concept "${given}"; accepted are ${
      concepts.map((name, c) => `${c + 1} (${name})`).join(", ")
    }`,
  );
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

function amountOf(step: string, name: string, given: string, { rate }: DriftContext): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(given.trim()) ?? [];
  if (unit !== undefined && rate === undefined) {
    throw new BadInput(`--drift ${step}(${name}=${given}) is a time, which a stream has with --rate only`);
  }
  const amount = unit === undefined
    ? Number(number)
    : Math.round(Number(number) * UNIT_SECONDS[unit] * rate!);
  if (Number.isSafeInteger(amount) && amount >= 1) return amount;
  throw new BadInput(
    `--drift ${step}(${name}=${given}): accepted is a whole number of observations from 1, or with --rate a time ` +
      `such as 30s, 5m, 2h`,
  );
}
