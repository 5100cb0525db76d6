import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import type { Features } from "../../src/domain/observation.ts";
import { FeatureIndex } from "../../src/online/feature_index.ts";
import { assertNumericTarget, FeatureReader, MAX_MAGNITUDE } from "../../src/online/feature_reader.ts";
import type { FeatureVector } from "../../src/online/feature_vector.ts";

function placesOf(vector: FeatureVector): [number, number | string][] {
  return Array.from(
    { length: vector.count },
    (_, k) => [vector.slots[k], vector.textAt(k) ?? vector.values[k]],
  );
}

describe("FeatureReader", () => {
  it("reads numbers, truth values and texts in the order given, and passes null over", () => {
    const reader = new FeatureReader(new FeatureIndex(), true);
    const vector = reader.readToLearn({ b: 2, gone: null, a: true, color: "red", off: false });
    assert.deepEqual(placesOf(vector), [[0, 2], [1, 1], [2, "red"], [3, 0]]);
  });

  it("keeps slots when features come late, vanish, or change their order", () => {
    const reader = new FeatureReader(new FeatureIndex(), false);
    reader.readToLearn({ a: 1, b: 2 });
    assert.deepEqual(placesOf(reader.readToLearn({ b: 3 })), [[1, 3]]);
    assert.deepEqual(placesOf(reader.readToLearn({ c: 5, b: 4, a: 6 })), [[2, 5], [1, 4], [0, 6]]);
    assert.deepEqual(placesOf(reader.readToLearn({ a: 1, b: 2 })), [[0, 1], [1, 2]]);
  });

  it("leaves out what was never learnt, and adds nothing, when reading to predict", () => {
    const index = new FeatureIndex(), reader = new FeatureReader(index, false);
    reader.readToLearn({ a: 1 });
    assert.deepEqual(placesOf(reader.readKnown({ new: 4, a: 2, toString: 1 })), [[0, 2]]);
    assert.deepEqual(index.names, ["a"]);
  });

  const refused: [string, unknown, RegExp][] = [
    ["NaN", NaN, /"x": it is NaN; accepted are numbers of magnitude up to 1e\+150/],
    ["infinity", -Infinity, /-Infinity/],
    ["a number too great", 1e200, /1e\+200/],
    ["a list", [1], /a list/],
    ["a record", {}, /a object/],
    ["a text where no step takes texts", "red", /the text "red".*one-hot/],
  ];
  for (const [what, value, message] of refused) {
    it(`refuses ${what} and changes nothing, to learn and to predict, known and unknown`, () => {
      const index = new FeatureIndex(), reader = new FeatureReader(index, false);
      const features = { first: 1, x: value } as Features;
      const isRefused = (error: Error) => error instanceof BadInput && message.test(error.message);
      assert.throws(() => reader.readToLearn(features), isRefused);
      assert.throws(() => reader.readKnown(features), isRefused);
      assert.equal(index.count, 0);
      index.add("x");
      assert.throws(() => reader.readKnown(features), isRefused);
      assert.throws(() => reader.readToLearn(features), isRefused);
      assert.equal(index.count, 1);
    });
  }

  it("accepts the greatest magnitude", () => {
    const reader = new FeatureReader(new FeatureIndex(), false);
    assert.deepEqual(placesOf(reader.readToLearn({ x: -MAX_MAGNITUDE })), [[0, -MAX_MAGNITUDE]]);
  });
});

describe("assertNumericTarget", () => {
  it("accepts numbers and refuses the rest by name", () => {
    assertNumericTarget(-3.5);
    for (const target of [NaN, Infinity, 1e151, "3", true, null, undefined]) {
      assert.throws(() => assertNumericTarget(target), BadInput, String(target));
    }
  });
});
