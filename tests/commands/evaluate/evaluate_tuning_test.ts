import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { planFit } from "../../../src/batch/fit_parameters.ts";
import type { Interactions } from "../../../src/batch/interactions.ts";
import { tune, type TuningOptions } from "../../../src/commands/evaluate/evaluate_tuning.ts";
import { openCompute, type OpenedCompute } from "../../../src/commands/open_compute.ts";
import type { Feedback } from "../../../src/domain/factor_model.ts";
import { plantWorld } from "../../../src/synthesize/planted_world.ts";

let compute: OpenedCompute;
beforeAll(async () => {
  compute = await openCompute(1);
});
afterAll(() => compute.close());

function world(feedback: Feedback): Interactions {
  const { events } = plantWorld({ feedback, userCount: 150, itemCount: 100, eventCount: 3000 });
  return { ...events, userCount: 150, itemCount: 100 };
}

const settings = { factorCount: 4, unobservedWeight: 0.5, popularityExponent: 0, epochCount: 3 };
const options: TuningOptions = { fixed: {}, splitBy: "random", seed: 1, onTrial: () => {} };

describe("tune", () => {
  it("tries a grid of λ and takes the one with the least error", async () => {
    const train = world("explicit");
    const heard: number[] = [];
    const { plan, trials, metricName } = await tune(
      compute,
      train,
      planFit(train, { ...settings, feedback: "explicit" }),
      { ...options, onTrial: ({ parameters }) => void heard.push(parameters.regularization) },
    );
    assert.equal(metricName, "rmse");
    assert.deepEqual(heard, trials.map(({ parameters }) => parameters.regularization));
    assert.equal(new Set(heard).size, trials.length);
    const chosen = trials.filter(({ isChosen }) => isChosen);
    assert.equal(chosen.length, 1);
    assert.equal(chosen[0].metric, Math.min(...trials.map(({ metric }) => metric)));
    assert.equal(plan.parameters.regularization, chosen[0].parameters.regularization);
    assert.equal(plan.epochCount, chosen[0].epochCount);
    assert.equal(plan.parameters.factorCount, 4);
  });

  it("tries λ with α₀, then ω at the best, and takes the greatest NDCG", async () => {
    const train = world("implicit");
    const { plan, trials } = await tune(
      compute,
      train,
      planFit(train, { ...settings, feedback: "implicit" }),
      options,
    );
    const first = trials.filter(({ parameters }) => parameters.popularityExponent === 0);
    const bestOfFirst = first.reduce((best, trial) => trial.metric > best.metric ? trial : best);
    const later = trials.slice(first.length);
    assert.ok(first.length > 4 && later.length > 0);
    for (const { parameters } of later) {
      assert.equal(parameters.regularization, bestOfFirst.parameters.regularization);
      assert.equal(parameters.unobservedWeight, bestOfFirst.parameters.unobservedWeight);
    }
    const chosen = trials.find(({ isChosen }) => isChosen)!;
    assert.equal(chosen.metric, Math.max(...trials.map(({ metric }) => metric)));
    assert.equal(plan.parameters.unobservedWeight, chosen.parameters.unobservedWeight);
    assert.equal(plan.parameters.popularityExponent, chosen.parameters.popularityExponent);
  });

  it("leaves alone what was given", async () => {
    const train = world("implicit");
    const plan = planFit(train, { ...settings, feedback: "implicit" });
    const fixed = { regularization: 0.013, unobservedWeight: 0.7, popularityExponent: 0 };
    const { trials } = await tune(compute, train, plan, { ...options, fixed });
    assert.deepEqual(trials.map(({ parameters }) => parameters), [fixed]);
  });

  it("says so when there is too little data for a slice", async () => {
    const train: Interactions = {
      count: 1,
      userCount: 1,
      itemCount: 1,
      users: Uint32Array.of(0),
      items: Uint32Array.of(0),
      values: Float64Array.of(1),
      timesMs: Float64Array.of(0),
    };
    const plan = planFit(train, { ...settings, feedback: "implicit" });
    await assert.rejects(
      tune(compute, train, plan, { ...options, splitBy: "time" }),
      /too small to measure on/,
    );
  });
});
