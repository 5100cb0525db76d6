import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { buildUserRows } from "../../src/batch/build_matrix.ts";
import { fitModel } from "../../src/batch/fit_model.ts";
import { measureRankings } from "../../src/batch/measure_rankings.ts";
import type { FactorModel } from "../../src/domain/factor_model.ts";
import { interactionsOf, type Row } from "./columns.ts";
import { inlineCompute } from "./compute.ts";

const USERS = 30, ITEMS = 40;

/** Every user's score of an item is -item, whoever asks: the list of a user is the unseen items in order. */
const MODEL = {
  stride: 8,
  userCount: USERS,
  itemCount: ITEMS,
  userFactors: Float32Array.from({ length: USERS * 8 }, (_, k) => k % 8 === 0 ? 1 : 0),
  itemFactors: Float32Array.from({ length: ITEMS * 8 }, (_, k) => k % 8 === 0 ? -Math.floor(k / 8) : 0),
  globalMean: 0,
} as unknown as FactorModel;

describe("measureRankings", () => {
  // User u has seen item 0; the test item is item 1 + u % 20: at rank 1 + u % 20 of the list.
  const trainRows = Array.from({ length: USERS }, (_, user): Row => [user, 0, 1]);
  const testRows = Array.from({ length: USERS }, (_, user): Row => [user, 1 + user % 20, 1]);
  const train = buildUserRows(interactionsOf(trainRows, USERS, ITEMS), "implicit");
  const test = buildUserRows(interactionsOf(testRows, USERS, ITEMS), "implicit");

  it("measures full rankings without what was seen", async () => {
    const measurement = measureRankings(await inlineCompute(), train);
    const metrics = await measurement.measure(MODEL, test);
    assert.ok(Math.abs(metrics["recall@10"] - 20 / 30) < 1e-9, "ranks 1 to 10 come for 20 of the 30 users");
    assert.equal(metrics["recall@20"], 1);
    const gains = Array.from({ length: USERS }, (_, user) => 1 / Math.log2(2 + user % 20));
    const ndcg = gains.reduce((sum, gain) => sum + gain) / USERS;
    assert.ok(Math.abs(metrics["ndcg@20"] - ndcg) < 1e-9);
    assert.equal(metrics["coverage@20"], 20 / ITEMS);
    const ndcgAt10 = gains.reduce((sum, gain, user) => sum + (user % 20 < 10 ? gain : 0)) / USERS;
    assert.ok(Math.abs(await measurement.validate(MODEL, test) - ndcgAt10) < 1e-9);
  });

  it("has a baseline that knows only what is popular", async () => {
    const rows = [...trainRows, ...Array.from({ length: 9 }, (_, user): Row => [user, 39, 1])];
    const popular = buildUserRows(interactionsOf(rows, USERS, ITEMS), "implicit");
    const asked = buildUserRows(interactionsOf([[20, 39, 1]], USERS, ITEMS), "implicit");
    const { metrics } = measureRankings(await inlineCompute(), popular).baseline(asked);
    assert.deepEqual([metrics["recall@10"], metrics["ndcg@10"]], [1, 1]);
  });

  it("does not disturb a fit that goes on", async () => {
    const parameters = {
      feedback: "implicit",
      factorCount: 8,
      regularization: 0.01,
      biasRegularization: 5,
      unobservedWeight: 0.3,
      popularityExponent: 0,
      frequencyExponent: 1,
      confidenceScale: 1,
    } as const;
    const both = buildUserRows(interactionsOf([...trainRows, ...testRows], USERS, ITEMS), "implicit");
    const fit = async (isMeasured: boolean) => {
      const compute = await inlineCompute(), measurement = measureRankings(compute, both);
      const { model } = await fitModel(compute, () => both, {
        parameters,
        epochCount: 3,
        seed: 1,
        onEpoch: async (_, current) => {
          if (isMeasured) await measurement.validate(current(), test);
          return {};
        },
      });
      return model.userFactors;
    };
    assert.deepEqual(await fit(true), await fit(false));
  });
});
