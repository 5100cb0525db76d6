import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { NumericFailure } from "../../src/domain/failure.ts";
import { encodeState } from "../../src/domain/state_tree.ts";
import { finitePrediction, learnMany } from "../../src/online/online_model.ts";
import { makeModel } from "./make_model.ts";
import { sparseStream } from "./random_stream.ts";

describe("learnMany", () => {
  it("is the loop of learnOne", () => {
    const stream = sparseStream(50, 1);
    const many = makeModel("scale | linear(optimizer=adam)"),
      one = makeModel("scale | linear(optimizer=adam)");
    learnMany(many, stream);
    for (const { features, target } of stream) one.learnOne(features, target);
    assert.deepEqual(encodeState(many.save()), encodeState(one.save()));
  });
});

describe("finitePrediction", () => {
  it("passes numbers on and says what to do about a model that has diverged", () => {
    assert.equal(finitePrediction(-2, "linear"), -2);
    for (const prediction of [NaN, Infinity]) {
      assert.throws(() => finitePrediction(prediction, "linear"), (error: Error) => {
        return error instanceof NumericFailure && /"linear" gave.*scale \|/.test(error.message);
      });
    }
  });

  it("is what a model with too great a learning rate ends in", () => {
    const model = makeModel("linear(learning-rate=10, clip=1e300)");
    assert.throws(() => {
      for (let i = 0; i < 1000; i++) {
        model.predictOne({ a: 1e100 });
        model.learnOne({ a: 1e100 }, 1);
      }
    }, NumericFailure);
  });
});
