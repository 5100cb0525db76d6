import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { buildUserRows } from "../../src/batch/build_matrix.ts";
import { fitModel } from "../../src/batch/fit_model.ts";
import type { AlsParameters, FactorModel } from "../../src/domain/factor_model.ts";
import { interactionsOf, twoGroups } from "./columns.ts";
import { inlineCompute } from "./compute.ts";

const PARAMETERS: AlsParameters = {
  feedback: "implicit",
  factorCount: 2,
  regularization: 0.01,
  biasRegularization: 5,
  unobservedWeight: 0.3,
  popularityExponent: 0,
  frequencyExponent: 1,
  confidenceScale: 1,
};

function scoreOf(model: FactorModel, user: number, item: number): number {
  let sum = 0;
  for (let f = 0; f < model.stride; f++) {
    sum += model.userFactors[user * model.stride + f] * model.itemFactors[item * model.stride + f];
  }
  return sum;
}

describe("fitModel", () => {
  const rows = twoGroups(20, 20, (own) => own ? 1 : 0);
  const matrixOf = () => buildUserRows(interactionsOf(rows, 20, 20), "implicit");

  it("finds two groups again: the pairs left out score above those of the other group", async () => {
    const compute = await inlineCompute();
    const { model, epochs } = await fitModel(compute, matrixOf, {
      parameters: PARAMETERS,
      epochCount: 8,
      seed: 1,
    });
    assert.equal(epochs.length, 8);
    const scores = { own: [] as number[], other: [] as number[] };
    for (let user = 0; user < 20; user++) {
      for (let item = 0; item < 20; item++) {
        scores[user % 2 === item % 2 ? "own" : "other"].push(scoreOf(model, user, item));
      }
    }
    const leastOwn = Math.min(...scores.own), mostOther = Math.max(...scores.other);
    assert.ok(leastOwn > mostOther + 0.3, `${leastOwn} of the own group, ${mostOther} of the other`);
  });

  it("gives loss and verdict of each epoch, and stops where it is told to", async () => {
    const compute = await inlineCompute();
    const { epochs } = await fitModel(compute, matrixOf, {
      parameters: PARAMETERS,
      epochCount: 8,
      seed: 1,
      onEpoch: async ({ epoch }) => ({ metrics: { quality: epoch }, isLast: epoch === 3 }),
    });
    assert.deepEqual(epochs.map((one) => [one.epoch, one.metrics?.quality]), [[1, 1], [2, 2], [3, 3]]);
    assert.ok(epochs[0].loss > epochs[1].loss && epochs[1].loss > epochs[2].loss);
  });

  it("gives the rows back as what was seen, and the kernel memory that it took", async () => {
    const compute = await inlineCompute(), { top } = compute.kernels.arena;
    const { seen } = await fitModel(compute, matrixOf, { parameters: PARAMETERS, epochCount: 1, seed: 1 });
    const { indptr, indices } = matrixOf();
    assert.deepEqual(seen, { indptr, indices: indices.slice() });
    assert.equal(compute.kernels.arena.top, top);
  });
});
