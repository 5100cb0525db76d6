import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { makeModel } from "../make_model.ts";

describe("RunningMean and LastValue", () => {
  it("predict the mean and the last target, 0 before the first, whatever the features", () => {
    const mean = makeModel("mean"), last = makeModel("last");
    assert.deepEqual([mean.predictOne({ a: 1 }), last.predictOne({ a: 1 })], [0, 0]);
    for (const target of [4, 1, 7]) mean.learnOne({}, target), last.learnOne({ color: "red" }, target);
    assert.deepEqual([mean.predictOne({}), last.predictOne({})], [4, 7]);
  });

  it("come back from their state", () => {
    for (const text of ["mean", "last"]) {
      const first = makeModel(text), second = makeModel(text);
      first.learnOne({}, 4);
      second.load(first.save());
      for (const model of [first, second]) model.learnOne({}, 10);
      assert.equal(second.predictOne({}), first.predictOne({}));
    }
  });
});
