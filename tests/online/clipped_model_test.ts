import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { encodeState } from "../../src/domain/state_tree.ts";
import { makeModel } from "./make_model.ts";

describe("ClippedModel", () => {
  it("bounds what is predicted and learns as the model alone", () => {
    const clipped = makeModel("linear | clip(min=1, max=2)"), alone = makeModel("linear");
    assert.equal(clipped.predictOne({ a: 1 }), 1);
    for (let i = 0; i < 200; i++) clipped.learnOne({ a: 1 }, 9), alone.learnOne({ a: 1 }, 9);
    assert.ok(alone.predictOne({ a: 1 }) as number > 8);
    assert.equal(clipped.predictOne({ a: 1 }), 2);
    assert.deepEqual(encodeState(clipped.save()), encodeState(alone.save()));
  });

  it("bounds blocks too, where the model takes them", () => {
    const block = { names: ["a"], count: 2, rows: Float64Array.of(1, 1), targets: Float64Array.of(9, 9) };
    const predictions = new Float64Array(2);
    makeModel("linear | clip(min=0.1, max=0.2)").progressiveBlock!(block, predictions);
    assert.deepEqual([...predictions], [0.1, 0.2]);
    assert.equal(makeModel("mean | clip(max=5)").progressiveBlock, undefined);
  });

  it("keeps and loads the model's state", () => {
    const first = makeModel("mean | clip(max=5)"), second = makeModel("mean | clip(max=5)");
    first.learnOne({}, 3);
    second.load(first.save());
    assert.equal(second.predictOne({}), 3);
  });
});
