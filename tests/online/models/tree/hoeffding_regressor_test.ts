import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { encodeState } from "../../../../src/domain/state_tree.ts";
import {
  HoeffdingRegressor,
  type HoeffdingRegressorOptions,
} from "../../../../src/online/models/tree/hoeffding_regressor.ts";
import { Random } from "../../../../src/synthesize/random.ts";
import { PlainRegressionTree } from "../../../reference/hoeffding_tree.ts";
import { vectorOf } from "./vectors.ts";

const OPTIONS: HoeffdingRegressorOptions = {
  gracePeriod: 50,
  delta: 0.01,
  tau: 0.1,
  maxDepth: 60,
  maxLeaves: 500,
  prediction: "mean",
  learningRate: 0.01,
  decay: 0.95,
  minSamples: 5,
  digits: 1,
  maxBins: 1000,
};

/** A step in x0, another in x1 on one side of it, and noise in x2. */
function stepsOf(count: number, seed: number): { x: number[]; y: number }[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const x = [4 * random.uniform(), 4 * random.uniform(), 4 * random.uniform()];
    return { x, y: (x[0] > 2 ? 10 : x[1] > 1 ? 3 : 0) + random.normal() };
  });
}

describe("HoeffdingRegressor", () => {
  it("grows and predicts as the tree that keeps every observation", () => {
    for (let seed = 1; seed <= 4; seed++) {
      const tree = new HoeffdingRegressor(OPTIONS), plain = new PlainRegressionTree(OPTIONS);
      stepsOf(900, seed).forEach(({ x, y }, place) => {
        const expected = plain.predict(x), prediction = tree.predict(vectorOf(x));
        const isNear = Math.abs(prediction - expected) <= 1e-9 * (1 + Math.abs(expected));
        assert.ok(isNear, `seed ${seed}, ${place}: ${prediction}, expected ${expected}`);
        tree.learn(vectorOf(x), y);
        plain.learn(x, y);
      });
      assert.equal(tree.leafCount, plain.leafCount);
      assert.ok(tree.leafCount >= 3, `${tree.leafCount} leaves`);
    }
  });

  it("finds the step, with one leaf on each side", () => {
    const tree = new HoeffdingRegressor({ ...OPTIONS, gracePeriod: 200, delta: 1e-7, tau: 0 });
    for (let i = 0; i < 200; i++) tree.learn(vectorOf([i % 2 === 0 ? 1 : 3, i % 7]), i % 2 === 0 ? -5 : 5);
    assert.equal(tree.leafCount, 2);
    assert.equal(tree.predict(vectorOf([0.9, 3])), -5);
    assert.equal(tree.predict(vectorOf([1.1, 3])), 5);
    assert.equal(tree.predict(vectorOf([undefined, 3])), -5, "of equal children the first");
    tree.learn(vectorOf([3]), 5);
    assert.equal(tree.predict(vectorOf([undefined, 3])), 5, "the child that has seen more");
  });

  it("fits a line within its leaves where that is better", () => {
    const random = Random.seeded(3);
    const errors = (prediction: "mean" | "adaptive") => {
      const tree = new HoeffdingRegressor({ ...OPTIONS, prediction });
      let sum = 0;
      for (let i = 0; i < 4000; i++) {
        const a = random.normal(), b = random.normal();
        if (i >= 3000) sum += Math.abs(tree.predict(vectorOf([a, b])) - (3 * a - 2 * b));
        tree.learn(vectorOf([a, b]), 3 * a - 2 * b);
      }
      return sum / 1000;
    };
    assert.ok(errors("adaptive") < 0.1);
    assert.ok(errors("mean") > 0.5);
  });

  it("stays with the mean where the line has left the finite numbers", () => {
    const tree = new HoeffdingRegressor({ ...OPTIONS, prediction: "adaptive", learningRate: 1e6 });
    for (let i = 0; i < 500; i++) tree.learn(vectorOf([1e150 * (i % 3)]), i % 3);
    assert.ok(Number.isFinite(tree.predict(vectorOf([1e150]))));
  });

  it("stops growing at the depth and at the number of leaves that it is given", () => {
    const leaves = (options: Partial<HoeffdingRegressorOptions>) => {
      const tree = new HoeffdingRegressor({ ...OPTIONS, ...options });
      for (const { x, y } of stepsOf(3000, 1)) tree.learn(vectorOf(x), y);
      return tree;
    };
    assert.equal(leaves({ maxDepth: 0 }).leafCount, 1);
    assert.equal(leaves({ maxDepth: 1 }).leafCount, 2);
    const small = leaves({ maxLeaves: 3 });
    assert.equal(small.leafCount, 3);
    // What splits would be chosen from is gone.
    assert.ok(encodeState(small.save()).length < 1500);
  });

  it("goes on from a saved state bit by bit", () => {
    const rows = stepsOf(1200, 7), options = { ...OPTIONS, prediction: "adaptive" as const, maxBins: 16 };
    const whole = new HoeffdingRegressor(options), first = new HoeffdingRegressor(options);
    const second = new HoeffdingRegressor(options);
    for (const { x, y } of rows) whole.learn(vectorOf(x), y);
    for (const { x, y } of rows.slice(0, 731)) first.learn(vectorOf(x), y);
    second.load(first.save());
    for (const { x, y } of rows.slice(731)) second.learn(vectorOf(x), y);
    assert.deepEqual(encodeState(second.save()), encodeState(whole.save()));
    assert.ok(whole.leafCount > 3);
  });
});
