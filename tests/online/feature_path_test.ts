import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Features } from "../../src/domain/observation.ts";
import { FeatureIndex } from "../../src/online/feature_index.ts";
import { FeaturePath } from "../../src/online/feature_path.ts";
import type { FeatureVector } from "../../src/online/feature_vector.ts";
import { Cross } from "../../src/online/transformers/cross.ts";
import { MinMaxScaler } from "../../src/online/transformers/min_max_scaler.ts";
import { OneHot } from "../../src/online/transformers/one_hot.ts";

function pathOf(): FeaturePath {
  const input = new FeatureIndex(), cross = new Cross(input, ["color*size"]);
  const oneHot = new OneHot(cross.output, 10);
  return new FeaturePath(input, [cross, oneHot, new MinMaxScaler(oneHot.output)]);
}

function named(path: FeaturePath, vector: FeatureVector): Features {
  return Object.fromEntries(
    Array.from({ length: vector.count }, (_, k) => [path.output.names[vector.slots[k]], vector.values[k]]),
  );
}

describe("FeaturePath", () => {
  it("hands an observation from step to step; each has learnt it before it transforms", () => {
    const path = pathOf();
    assert.deepEqual(named(path, path.toLearn({ color: "red", size: "s", price: 10 })), {
      "color=red": 0,
      "size=s": 0,
      price: 0,
      "color*size=red*s": 0,
    });
    assert.deepEqual(named(path, path.toLearn({ color: "red", size: "m", price: 30 })).price, 1);
    assert.deepEqual(named(path, path.toPredict({ color: "red", size: "s", price: 15 })).price, 0.25);
  });

  it("changes nothing when it reads to predict", () => {
    const path = pathOf();
    path.toLearn({ color: "red", size: "s", price: 10 });
    const before = path.save();
    path.toPredict({ color: "blue", size: "s", price: 99, weight: 3 });
    assert.deepEqual(path.save(), before);
  });

  it("comes back from its state", () => {
    const path = pathOf(), other = pathOf();
    path.toLearn({ color: "red", size: "s", price: 10 });
    path.toLearn({ color: "blue", size: "m", price: 20 });
    other.load(path.save());
    const next = { color: "blue", size: "s", price: 14, weight: 1 };
    assert.deepEqual(named(other, other.toPredict(next)), named(path, path.toPredict(next)));
    other.toLearn(next), path.toLearn(next);
    assert.deepEqual(other.save(), path.save());
  });

  it("without steps gives what comes in", () => {
    const input = new FeatureIndex(), path = new FeaturePath(input, []);
    assert.equal(path.isEmpty, true);
    assert.equal(path.output, input);
    assert.deepEqual(named(path, path.toLearn({ a: 2 })), { a: 2 });
  });
});
