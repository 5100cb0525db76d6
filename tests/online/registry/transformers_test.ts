import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { makeModel } from "../make_model.ts";

/** Learns `y = weight` wherever `features` are there, and gives what is predicted then. */
function learnt(text: string, features: Record<string, number | string>, times = 300): number {
  const model = makeModel(text);
  for (let i = 0; i < times; i++) model.learnOne(features, 5);
  return model.predictOne(features) as number;
}

describe("transformers of the registry", () => {
  it("encode texts, so that a linear model can learn them", () => {
    for (const step of ["one-hot", "one-hot(max-categories=1)", "hash", "hash(buckets=4)"]) {
      assert.ok(Math.abs(learnt(`${step} | linear(learning-rate=0.1)`, { color: "red" }) - 5) < 0.01, step);
    }
  });

  it("may stand together: texts pass scalers until a step encodes them", () => {
    const features = { color: "red", size: "s", price: 9 };
    const text =
      "select(color, size, price) | scale | min-max | cross(color*size) | one-hot | scale | linear";
    assert.ok(Number.isFinite(learnt(text, features)));
  });

  it("bound predictions where they are told to", () => {
    assert.equal(learnt("linear(learning-rate=0.1) | clip(max=2)", { x: 1 }), 2);
    assert.equal(learnt("linear | clip(min=7)", { x: 1 }, 1), 7);
  });
});
