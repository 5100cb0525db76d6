import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { AlsParameters } from "../../src/domain/factor_model.ts";
import { AlsMemory, type SideMemory } from "../../src/kernels/als_memory.ts";
import { rangeOf, weighRows } from "../../src/kernels/als_weights.ts";
import { inlineKernels, parametersOf, plantedOf } from "./planted_fit.ts";

/** Three users, items with 2, 1, 1 and 0 interactions. */
function weighed(parameters: AlsParameters) {
  const data = plantedOf([[[0, 1], [1, 1]], [[0, 1]], [[2, 1]]], 4), { arena } = inlineKernels().kernels;
  const size = { parameters, userCount: 3, itemCount: 4, interactionCount: 4 };
  const memory = new AlsMemory(arena, size, 1);
  memory.matrixOf(memory.users).indptr.set(data.byUser.indptr);
  memory.matrixOf(memory.items).indptr.set(data.byItem.indptr);
  weighRows(arena, memory, size);
  const floats = (side: SideMemory, at: number) =>
    [...arena.f32(at, side.rowCount)].map((x) => Math.round(x * 1e5) / 1e5);
  return {
    users: {
      weights: floats(memory.users, memory.users.weights),
      lambdas: floats(memory.users, memory.users.regularization),
    },
    items: {
      weights: floats(memory.items, memory.items.weights),
      lambdas: floats(memory.items, memory.items.regularization),
    },
  };
}

describe("weighRows", () => {
  it("explicit: shares of the ratings, and λ n", () => {
    const { users, items } = weighed(parametersOf("explicit", 2, { regularization: 0.5 }));
    assert.deepEqual(users, { weights: [0.5, 0.25, 0.25], lambdas: [1, 0.5, 0.5] });
    assert.deepEqual(items, { weights: [0.5, 0.25, 0.25, 0], lambdas: [1, 0.5, 0.5, 0] });
  });

  it("implicit: λ (n + α₀ W)^ν, each side with the weight it has in the dense sum", () => {
    const plain = weighed(parametersOf("implicit", 2, { regularization: 0.1, unobservedWeight: 0.5 }));
    assert.deepEqual(plain.users, { weights: [1, 1, 1], lambdas: [0.4, 0.3, 0.3] });
    assert.deepEqual(plain.items, { weights: [1, 1, 1, 1], lambdas: [0.35, 0.25, 0.25, 0.15] });
    // w ∝ n: 2, 1, 1, 0 is its own mean 1. λ_i = .1 √(n + .5 · 3 w), λ_u = .1 √(n + .5 · 4).
    const popular = weighed(
      parametersOf("implicit", 2, {
        regularization: 0.1,
        unobservedWeight: 0.5,
        popularityExponent: 1,
        frequencyExponent: 0.5,
      }),
    );
    assert.deepEqual(popular.items.weights, [2, 1, 1, 0]);
    assert.deepEqual(popular.items.lambdas, [0.22361, 0.15811, 0.15811, 0]);
    assert.deepEqual(popular.users.lambdas, [0.2, 0.17321, 0.17321]);
  });
});

describe("rangeOf", () => {
  it("gives mean as a float, least and greatest value", () => {
    assert.deepEqual(rangeOf(Float32Array.of(1, 5, 4)), { mean: Math.fround(10 / 3), min: 1, max: 5 });
  });
});
