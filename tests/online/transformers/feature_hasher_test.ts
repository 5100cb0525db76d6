import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { FeatureIndex } from "../../../src/online/feature_index.ts";
import { FeatureHasher } from "../../../src/online/transformers/feature_hasher.ts";
import { NamedTransformer } from "./vectors.ts";

const make = (buckets: number, seed = 1) => (input: FeatureIndex) => new FeatureHasher(input, buckets, seed);

describe("FeatureHasher", () => {
  it("bounds the number of features, whatever comes", () => {
    const hasher = new NamedTransformer(make(8));
    for (let i = 0; i < 500; i++) hasher.learn({ user: `u${i}`, [`n${i % 50}`]: i });
    assert.equal(hasher.transformer.output.count, 8);
  });

  it("gives a text 1 or -1, a number itself or its negative, always in the same bucket", () => {
    const hasher = new NamedTransformer(make(1 << 20));
    hasher.learn({ color: "red", size: 3 }, { color: "blue" });
    const [[bucket, red]] = Object.entries(hasher.transform({ color: "red" }));
    assert.equal(Math.abs(red as number), 1);
    assert.deepEqual(hasher.transform({ color: "red" }), { [bucket]: red });
    assert.notDeepEqual(hasher.transform({ color: "blue" }), { [bucket]: red });
    const [[, size]] = Object.entries(hasher.transform({ size: 3 }));
    const [[, twice]] = Object.entries(hasher.transform({ size: 6 }));
    assert.equal(Math.abs(size as number), 3);
    assert.equal(twice, 2 * (size as number));
  });

  it("adds up what falls into one bucket", () => {
    const hasher = new NamedTransformer(make(1));
    hasher.learn({ a: 1, b: 2, c: 4 });
    const alone = ["a", "b", "c"].map((name) => hasher.transform({ [name]: 1 })["#0"] as number);
    const { "#0": sum } = hasher.transform({ a: 1, b: 2, c: 4 });
    assert.equal(sum, alone[0] + 2 * alone[1] + 4 * alone[2]);
  });

  it("uses both signs about equally, and other buckets for another seed", () => {
    const hasher = new NamedTransformer(make(1 << 20)), other = new NamedTransformer(make(1 << 20, 2));
    let positive = 0, same = 0;
    for (let i = 0; i < 400; i++) {
      hasher.learn({ color: `c${i}` }), other.learn({ color: `c${i}` });
      const first = hasher.transform({ color: `c${i}` }), second = other.transform({ color: `c${i}` });
      if (Object.values(first)[0] === 1) positive++;
      if (Object.keys(first)[0] === Object.keys(second)[0]) same++;
    }
    // 200 ± 5 standard deviations of 10.
    assert.ok(positive > 150 && positive < 250, `${positive} of 400 positive`);
    assert.ok(same < 3);
  });

  it("comes back from its state", () => {
    const hasher = new NamedTransformer(make(64));
    hasher.learn({ color: "red" }, { x: 1 });
    const other = hasher.restored(make(64));
    assert.deepEqual(other.transform({ color: "red", x: 2 }), hasher.transform({ color: "red", x: 2 }));
  });
});
