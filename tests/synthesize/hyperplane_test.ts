import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  hyperplaneFunction,
  type HyperplaneOptions,
  hyperplaneWeights,
} from "../../src/synthesize/hyperplane.ts";
import { Random } from "../../src/synthesize/random.ts";
import { numbersOf, observed } from "./observed.ts";

const STILL: HyperplaneOptions = { seed: 3, featureCount: 5, driftCount: 2, change: 0, turn: 0.1, noise: 0 };

describe("hyperplaneFunction", () => {
  it("labels the side of a plane that halves the weights' sum", () => {
    const made = hyperplaneFunction(STILL);
    made.concepts.forEach((concept, c) => {
      const weights = hyperplaneWeights(STILL, c);
      for (const one of observed(made, concept, 500)) {
        const value = numbersOf(one).reduce((sum, x, i) => sum + weights[i] * (x - 0.5), 0);
        if (Math.abs(value) > 1e-12) assert.equal(one.target, value > 0);
      }
    });
    assert.equal(new Set(made.concepts.map((_, c) => hyperplaneWeights(STILL, c).join())).size, 4);
  });

  it("moves the first weights by `change` each time: straight on where they never turn", () => {
    const options = { ...STILL, change: 0.01, turn: 0 };
    const made = hyperplaneFunction(options), weights = hyperplaneWeights(options, 0);
    let differing = 0;
    observed(made, made.concepts[0], 2000).forEach((one, position) => {
      const moved = [...weights].map((w, i) => i < 2 ? w + 0.01 * position : w);
      const value = numbersOf(one).reduce((sum, x, i) => sum + moved[i] * (x - 0.5), 0);
      const still = numbersOf(one).reduce((sum, x, i) => sum + weights[i] * (x - 0.5), 0);
      if (Math.abs(value) > 1e-9) assert.equal(one.target, value > 0);
      if ((value > 0) !== (still > 0)) differing++;
    });
    assert.ok(differing > 300);
  });

  it("gives the same at a position, however it was reached", () => {
    const options = { ...STILL, change: 0.01, turn: 0.3, noise: 0.1 };
    const forward = hyperplaneFunction(options), jumping = hyperplaneFunction(options);
    const all = observed(forward, forward.concepts[0], 300);
    for (const position of [299, 7, 150, 0, 298]) {
      assert.deepEqual(jumping.observe(Random.at(5, position), 0, position), all[position]);
    }
  });

  it("turns the share of labels round that was asked for", () => {
    const made = hyperplaneFunction({ ...STILL, noise: 0.25 }), weights = hyperplaneWeights(STILL, 0);
    const all = observed(made, made.concepts[0], 8000);
    const wrong = all.filter((one) =>
      one.target !== (numbersOf(one).reduce((sum, x, i) => sum + weights[i] * (x - 0.5), 0) >= 0)
    );
    assert.ok(Math.abs(wrong.length / all.length - 0.25) < 0.02);
  });
});
