/** MATHS.md 3, "Values to match": figures of River 0.2x, and of the corrected passive-aggressive step. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Observation } from "../../src/domain/observation.ts";
import type { OnlineModel } from "../../src/domain/observation.ts";
import { makeModel } from "./make_model.ts";
import {
  CHICK_WEIGHTS,
  chickWeights,
  MOVIELENS,
  movielens,
  skipWithout,
  TOY,
  toyRecommenders,
  TRUMP_APPROVAL,
  trumpApproval,
} from "./river_data.ts";

interface Stream {
  readonly path: string;
  readonly read: () => Promise<Observation[]>;
}

const CHICK: Stream = { path: CHICK_WEIGHTS, read: chickWeights };
const TRUMP: Stream = { path: TRUMP_APPROVAL, read: trumpApproval };
const RATINGS: Stream = { path: MOVIELENS, read: movielens };

/** `tolerance`: of 17 given digits the last ones depend on the order of a sum, which River has changed between versions. */
interface Expected {
  readonly model: string;
  readonly stream: Stream;
  readonly mae?: number;
  readonly rmse?: number;
  readonly tolerance: number;
}

const EXACT = 1e-13;
const TABLE: readonly Expected[] = [
  {
    model: "scale | linear",
    stream: CHICK,
    mae: 23.758656678867773,
    rmse: 37.03767126301035,
    tolerance: EXACT,
  },
  {
    model: "scale | linear",
    stream: TRUMP,
    mae: 1.3145482000473097,
    rmse: 3.9119809164882406,
    tolerance: EXACT,
  },
  { model: "scale | linear(l2=1)", stream: TRUMP, mae: 1.8715108873309312, tolerance: EXACT },
  { model: "scale | linear(l2=1)", stream: TRUMP, rmse: 4.13052423, tolerance: 5e-9 },
  { model: "scale | linear(l1=1)", stream: TRUMP, mae: 1.1537672749321988, tolerance: EXACT },
  { model: "scale | linear(l1=1)", stream: TRUMP, rmse: 3.82871690, tolerance: 5e-9 },
  { model: "scale | linear(l2=1)", stream: CHICK, mae: 25.273804659923904, tolerance: EXACT },
  { model: "scale | linear(l2=1)", stream: CHICK, rmse: 38.58852748, tolerance: 5e-9 },
  { model: "scale | linear(l1=1)", stream: CHICK, mae: 23.757667537133973, tolerance: EXACT },
  { model: "scale | linear(l1=1)", stream: CHICK, rmse: 37.07802526, tolerance: 5e-9 },
  { model: "scale | linear(intercept-rate=0.1)", stream: TRUMP, mae: .5587350066894569, tolerance: EXACT },
  {
    model: "scale | linear(optimizer=rmsprop, intercept-rate=0.1)",
    stream: TRUMP,
    mae: .522449,
    tolerance: 5e-7 / .5,
  },
  {
    model: "scale | linear(optimizer=adagrad, intercept-rate=0.1)",
    stream: TRUMP,
    mae: .477289,
    tolerance: 5e-7 / .4,
  },
  { model: "mean", stream: CHICK, mae: 50.250899, rmse: 71.114387, tolerance: 5e-7 / 50 },
  { model: "mean", stream: TRUMP, mae: 1.567555, rmse: 2.202859, tolerance: 5e-7 },
  { model: "scale | pa", stream: CHICK, mae: 23.898, tolerance: 5e-4 / 23 },
  { model: "scale | pa(variant=2)", stream: CHICK, mae: 33.526, tolerance: 5e-4 / 33 },
  { model: "scale | pa", stream: TRUMP, mae: .8826, tolerance: 5e-5 / .88 },
  { model: "scale | pa(variant=2)", stream: TRUMP, mae: .9897, tolerance: 5e-5 / .98 },
  // The order inside equal timestamps moves it by 2e-6.
  { model: "mean", stream: RATINGS, mae: .942162, rmse: 1.125783, tolerance: 2e-6 },
  {
    model: "baseline(bias-rate=0.025) | clip(min=1, max=5)",
    stream: RATINGS,
    mae: .754651,
    rmse: .954148,
    tolerance: 1e-4,
  },
  {
    model: "biased-mf(factors=10, bias-rate=0.025, factor-rate=0.05) | clip(min=1, max=5)",
    stream: RATINGS,
    mae: .7487,
    rmse: .948,
    tolerance: .003 / .7487,
  },
  {
    model: "funk-mf(factors=10, factor-rate=0.05, l2=0.1) | clip(min=1, max=5)",
    stream: RATINGS,
    mae: .944,
    rmse: 1.227,
    tolerance: .01 / .944,
  },
];

/** Predict, then learn, by plain arithmetic. */
function progressiveErrors(model: OnlineModel, observations: readonly Observation[]) {
  let absolute = 0, squared = 0;
  for (const { features, target } of observations) {
    const error = (target as number) - (model.predictOne(features) as number);
    absolute += Math.abs(error);
    squared += error * error;
    model.learnOne(features, target);
  }
  return { mae: absolute / observations.length, rmse: Math.sqrt(squared / observations.length) };
}

function assertNear(value: number, expected: number, relative: number, what: string): void {
  assert.ok(
    Math.abs(value - expected) <= relative * Math.abs(expected),
    `${what}: ${value}, expected ${expected}`,
  );
}

describe("figures of River", () => {
  for (const { model, stream, mae, rmse, tolerance } of TABLE) {
    const name = `${model} on ${stream.path.split("/")[1]}: ${mae ?? "-"}, ${rmse ?? "-"}`;
    it(name, { skip: skipWithout(stream.path) }, async () => {
      const errors = progressiveErrors(makeModel(model), await stream.read());
      if (mae !== undefined) assertNear(errors.mae, mae, tolerance, "MAE");
      if (rmse !== undefined) assertNear(errors.rmse, rmse, tolerance, "RMSE");
    });
  }

  it("the intercept after trump_approval, 35.6176709598556", { skip: skipWithout(TRUMP.path) }, async () => {
    const model = makeModel("scale | linear(intercept-rate=0.1)");
    for (const { features, target } of await TRUMP.read()) model.learnOne(features, target);
    assertNear(model.predictOne({}) as number, 35.6176709598556, EXACT, "intercept");
  });

  for (
    const [name, text] of [["funk", "funk-mf(factor-rate=LR)"], [
      "biased",
      "biased-mf(factor-rate=LR, bias-rate=LR)",
    ]]
  ) {
    it(`the toy recommender ${name} from its initial factors`, { skip: skipWithout(TOY) }, async () => {
      const toy = await toyRecommenders();
      const { lr, init, pred_bob_hp: expected } = toy[name as "funk" | "biased"];
      const model = makeModel(text.replaceAll("LR", String(lr)));
      startFrom(model, init);
      for (const [user, item, rating] of toy.events) model.learnOne({ user, item }, rating);
      assertNear(
        model.predictOne({ user: "Bob", item: "Harry Potter" }) as number,
        expected,
        EXACT,
        "prediction",
      );
    });
  }
});

function startFrom(model: OnlineModel, init: Readonly<Record<string, readonly number[]>>): void {
  const recommender = model as unknown as {
    addRow(side: "user" | "item", id: string, factors: readonly number[]): void;
  };
  for (const [key, factors] of Object.entries(init)) {
    recommender.addRow(key.startsWith("u:") ? "user" : "item", key.slice(2), factors);
  }
}
