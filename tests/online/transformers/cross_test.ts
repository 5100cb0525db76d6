import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { FeatureIndex } from "../../../src/online/feature_index.ts";
import { Cross } from "../../../src/online/transformers/cross.ts";
import { makeModel } from "../make_model.ts";
import { NamedTransformer } from "./vectors.ts";

const make = (input: FeatureIndex) => new Cross(input, ["a*b", "color*size", "a * a"]);

describe("Cross", () => {
  it("adds products of numbers and pairs of texts to what comes in", () => {
    const cross = new NamedTransformer(make);
    cross.learn({ a: 2, b: 3, color: "red", size: "s" });
    assert.deepEqual(cross.transform({ a: 4, b: -1, color: "red", size: "m" }), {
      a: 4,
      b: -1,
      color: "red",
      size: "m",
      "a*b": -4,
      "a*a": 16,
      "color*size": "red*m",
    });
  });

  it("leaves out a product of which a part is not there", () => {
    const cross = new NamedTransformer(make);
    cross.learn({ a: 2, b: 3, color: "red", size: "s" });
    assert.deepEqual(cross.transform({ b: 3, color: "red" }), { b: 3, color: "red" });
  });

  it("joins a text with a number as texts", () => {
    const cross = new NamedTransformer(make);
    cross.learn({ color: "red", size: 42 });
    assert.deepEqual(cross.transform({ color: "red", size: 42 })["color*size"], "red*42");
  });

  it("lets a linear model learn a product", () => {
    const model = makeModel("cross(a*b) | linear(learning-rate=0.1)");
    for (let i = 0; i < 2000; i++) {
      const a = Math.sin(i), b = Math.cos(3 * i);
      model.learnOne({ a, b }, 2 * a * b);
    }
    assert.ok(Math.abs((model.predictOne({ a: 0.5, b: 0.5 }) as number) - 0.5) < 1e-3);
  });

  it("comes back from its state", () => {
    const cross = new NamedTransformer(make);
    cross.learn({ b: 1, a: 2 });
    assert.deepEqual(cross.restored(make).transform({ a: 2, b: 3 }), cross.transform({ a: 2, b: 3 }));
  });
});
