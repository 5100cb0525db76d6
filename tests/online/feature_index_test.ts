import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { FeatureIndex, MAX_FEATURES } from "../../src/online/feature_index.ts";

describe("FeatureIndex", () => {
  it("gives slots in order of first appearance and never changes them", () => {
    const index = new FeatureIndex();
    assert.deepEqual(["b", "a", "b", "constructor"].map((name) => index.add(name)), [0, 1, 0, 2]);
    assert.equal(index.find("a"), 1);
    assert.equal(index.find("toString"), -1);
    assert.deepEqual(index.names, ["b", "a", "constructor"]);
  });

  it("comes back from its names", () => {
    const index = new FeatureIndex(), other = new FeatureIndex();
    for (const name of ["x", "", "y z"]) index.add(name);
    other.load(index.save());
    assert.equal(other.find("y z"), 2);
    assert.equal(other.count, 3);
  });

  it("refuses more names than it has room for", () => {
    const index = new FeatureIndex();
    index.add("x");
    index.assertRoom(MAX_FEATURES - 1);
    assert.throws(() => index.assertRoom(MAX_FEATURES), (error: Error) => {
      return error instanceof BadInput && error.message.includes(String(MAX_FEATURES));
    });
  });
});
