import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { FeatureVector } from "../../src/online/feature_vector.ts";

describe("FeatureVector", () => {
  it("holds numbers and texts by place", () => {
    const vector = new FeatureVector();
    vector.addNumber(4, 0.5);
    vector.addText(1, "red");
    vector.addNumber(2, 7);
    assert.deepEqual([...vector.slots.subarray(0, vector.count)], [4, 1, 2]);
    assert.deepEqual([0, 1, 2].map((k) => vector.textAt(k)), [undefined, "red", undefined]);
    assert.ok(vector.hasTexts && Number.isNaN(vector.values[1]));
  });

  it("forgets texts when it is cleared", () => {
    const vector = new FeatureVector();
    vector.addText(0, "red");
    vector.clear();
    vector.addNumber(0, 1);
    assert.equal(vector.textAt(0), undefined);
    assert.equal(vector.hasTexts, false);
    assert.equal(vector.count, 1);
  });

  it("grows", () => {
    const vector = new FeatureVector();
    for (let slot = 0; slot < 1000; slot++) vector.addNumber(slot, 2 * slot);
    assert.equal(vector.slots[999], 999);
    assert.equal(vector.values[17], 34);
  });
});
