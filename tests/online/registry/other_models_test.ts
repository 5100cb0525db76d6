import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { makeModel } from "../make_model.ts";

describe("other models of the registry", () => {
  it("take their parameters to the right place", () => {
    const baseline = makeModel("baseline(bias-rate=0.1, bias-l2=0.5)");
    baseline.learnOne({ user: 1, item: 1 }, 2); // mean 2
    baseline.learnOne({ user: 1, item: 1 }, 4); // mean 3, gradient -2: biases 0.2
    baseline.learnOne({ user: 1, item: 1 }, 3); // mean 3, gradient 0.8: 0.2 - 0.1 (0.8 + 0.1)
    assert.ok(Math.abs((baseline.predictOne({ user: 1, item: 1 }) as number) - (3 + 2 * 0.11)) < 1e-12);
    // Without random factors nothing moves: the product of two zeros has no slope.
    const still = makeModel("funk-mf(initial-deviation=0)");
    still.learnOne({ user: 1, item: 1 }, 4);
    assert.equal(still.predictOne({ user: 1, item: 1 }), 0);
  });

  it("start from other factors with another seed, and from the same with the same", () => {
    const predictionOf = (seed: number) => {
      const model = makeModel("funk-mf(factors=8)", seed);
      model.learnOne({ user: 1, item: 1 }, 4);
      return model.predictOne({ user: 1, item: 1 });
    };
    assert.equal(predictionOf(5), predictionOf(5));
    assert.notEqual(predictionOf(5), predictionOf(6));
  });
});
