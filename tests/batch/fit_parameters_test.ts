import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type FitSettings, planFit } from "../../src/batch/fit_parameters.ts";
import { BadInput } from "../../src/domain/failure.ts";
import { interactionsOf } from "./columns.ts";

const SETTINGS: FitSettings = {
  feedback: "auto",
  factorCount: 16,
  unobservedWeight: 0.3,
  popularityExponent: 0.25,
};

describe("planFit", () => {
  const ratings = interactionsOf([[0, 0, 4], [0, 1, 2]], 1, 2);
  const evidence = interactionsOf([[0, 0, 1], [0, 1, 1]], 1, 2);

  it("looks at the values where nothing is said, and says why", () => {
    assert.equal(planFit(ratings, SETTINGS).parameters.feedback, "explicit");
    const plan = planFit(evidence, SETTINGS);
    assert.deepEqual([plan.parameters.feedback, plan.reason], ["implicit", "every value is 1"]);
  });

  it("does as it is told, and then gives no reason", () => {
    const plan = planFit(ratings, { ...SETTINGS, feedback: "implicit", regularization: 7, epochCount: 3 });
    assert.deepEqual(
      [plan.parameters.feedback, plan.parameters.regularization, plan.epochCount, plan.reason],
      ["implicit", 7, 3, ""],
    );
    assert.deepEqual([plan.parameters.unobservedWeight, plan.parameters.popularityExponent], [0.3, 0.25]);
  });

  it("has a default regularization and number of epochs for each kind", () => {
    for (const interactions of [ratings, evidence]) {
      const plan = planFit(interactions, SETTINGS);
      assert.ok(plan.parameters.regularization > 0 && plan.epochCount > 0);
    }
    assert.notEqual(
      planFit(ratings, SETTINGS).parameters.regularization,
      planFit(evidence, SETTINGS).parameters.regularization,
    );
  });

  it("refuses no data, and evidence of which nothing is positive", () => {
    assert.throws(() => planFit(interactionsOf([], 0, 0), SETTINGS), BadInput);
    const against = interactionsOf([[0, 0, -1], [0, 1, 0]], 1, 2);
    assert.throws(() => planFit(against, { ...SETTINGS, feedback: "implicit" }), /greatest value is 0/);
    const mixed = interactionsOf([[0, 0, -1], [0, 1, 2]], 1, 2);
    assert.equal(planFit(mixed, { ...SETTINGS, feedback: "implicit" }).parameters.feedback, "implicit");
  });
});
