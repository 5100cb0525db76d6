import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import type { Observation, ObservationBlock } from "../../src/domain/observation.ts";
import { encodeState } from "../../src/domain/state_tree.ts";
import { Random } from "../../src/synthesize/random.ts";
import { PlainLinear, PlainScaler } from "../reference/online_linear.ts";
import { makeModel } from "./make_model.ts";
import { labelledStream, sparseStream } from "./random_stream.ts";

function blockOf(count: number, seed: number, targetOf: (a: number, b: number) => number): ObservationBlock {
  const random = Random.seeded(seed);
  const rows = Float64Array.from({ length: 2 * count }, () => random.normal());
  const targets = Float64Array.from({ length: count }, (_, r) => targetOf(rows[2 * r], rows[2 * r + 1]));
  return { names: ["a", "b"], count, rows, targets };
}

function rowsOf({ names, count, rows, targets }: ObservationBlock): Observation[] {
  return Array.from({ length: count }, (_, r) => ({
    features: Object.fromEntries(names.map((name, c) => [name, rows[r * names.length + c]])),
    target: targets[r],
  }));
}

describe("RegressionPipeline", () => {
  it("scales by what it has seen, and learns from what the scaler has just learnt", () => {
    const model = makeModel("scale | linear(learning-rate=0.05)");
    const scaler = new PlainScaler();
    const plain = new PlainLinear({ optimizer: "sgd", loss: "squared", rate: 0.05, interceptRate: 0.01 });
    for (const { features, target } of sparseStream(300, 2)) {
      const x = features as Record<string, number>;
      const expected = plain.raw(scaler.transform(x));
      assert.ok(
        Math.abs((model.predictOne(features) as number) - expected) < 1e-11 * (1 + Math.abs(expected)),
      );
      model.learnOne(features, target);
      scaler.learn(x);
      plain.learn(scaler.transform(x), target as number);
    }
  });

  it("is the same whether its kernel scales or a step before it", () => {
    const fused = makeModel("scale | linear"), apart = makeModel("scale | select(a, b, c) | linear");
    for (const { features, target } of sparseStream(100, 3)) {
      assert.equal(fused.predictOne(features), apart.predictOne(features));
      fused.learnOne(features, target), apart.learnOne(features, target);
    }
  });

  it("takes a block as it takes the rows one by one, bit by bit", () => {
    const block = blockOf(300, 4, (a, b) => a - 2 * b);
    const byBlock = makeModel("scale | linear"), byRow = makeModel("scale | linear");
    for (const model of [byBlock, byRow]) model.learnOne({ b: 1, late: 2 }, 3);
    const predictions = new Float64Array(block.count);
    byBlock.progressiveBlock!(block, predictions);
    rowsOf(block).forEach(({ features, target }, r) => {
      assert.equal(predictions[r], byRow.predictOne(features));
      byRow.learnOne(features, target);
    });
    assert.deepEqual(encodeState(byBlock.save()), encodeState(byRow.save()));
  });

  it("offers no blocks where other steps stand before the model", () => {
    assert.equal(makeModel("min-max | linear").progressiveBlock, undefined);
    assert.equal(makeModel("scale | select(a) | linear").progressiveBlock, undefined);
  });

  it("refuses blocks that are too short, or hold what is no number, before it learns any of it", () => {
    const model = makeModel("scale | linear"), before = encodeState(model.save());
    const good = blockOf(4, 5, (a) => a);
    const wrong: [ObservationBlock, RegExp][] = [
      [{ ...good, count: 5 }, /5 observations of 2 features with 8 values/],
      [{ ...good, rows: good.rows.with(5, NaN) }, /"b" of row 2 of a block: it is NaN/],
      [{ ...good, targets: good.targets.with(3, Infinity) }, /target Infinity/],
    ];
    for (const [block, message] of wrong) {
      assert.throws(() => model.progressiveBlock!(block, new Float64Array(5)), (error: Error) => {
        return error instanceof BadInput && message.test(error.message);
      });
    }
    assert.deepEqual(encodeState(model.save()), before);
  });

  it("refuses a label as a target", () => {
    assert.throws(() => makeModel("linear").learnOne({ a: 1 }, "up"), BadInput);
  });
});

describe("ClassificationPipeline", () => {
  it("predicts nothing before it knows a label, the only label while it knows one, then the likelier", () => {
    const model = makeModel("logistic(learning-rate=1)");
    assert.equal(model.predictOne({ a: 1 }), undefined);
    assert.equal(model.predictProbabilitiesOne!({ a: 1 }).size, 0);
    model.learnOne({ a: 1 }, "up");
    assert.equal(model.predictOne({ a: -50 }), "up");
    for (let i = 0; i < 20; i++) model.learnOne({ a: 1 }, "up"), model.learnOne({ a: -1 }, "down");
    assert.equal(model.predictOne({ a: 1 }), "up");
    assert.equal(model.predictOne({ a: -1 }), "down");
    const probabilities = model.predictProbabilitiesOne!({ a: 1 });
    assert.deepEqual([...probabilities.keys()], ["up", "down"]);
    assert.ok(probabilities.get("up")! > 0.9);
    assert.ok(Math.abs(probabilities.get("up")! + probabilities.get("down")! - 1) < 1e-15);
  });

  it("gives the labels in the type that they were taught", () => {
    for (const [no, yes] of [[false, true], [0, 1], [-1, 1], ["0", "1"]]) {
      const model = makeModel("logistic(learning-rate=1)");
      for (let i = 0; i < 20; i++) model.learnOne({ a: 1 }, yes), model.learnOne({ a: -1 }, no);
      assert.equal(model.predictOne({ a: 1 }), yes);
      assert.equal(model.predictOne({ a: -1 }), no);
    }
  });

  it("refuses a third label and changes nothing, not even the names of features", () => {
    const model = makeModel("scale | perceptron");
    for (const { features, target } of labelledStream(20, 6)) model.learnOne(features, target);
    const before = encodeState(model.save());
    assert.throws(() => model.learnOne({ a: 1, new: 2 }, "sideways"), BadInput);
    assert.throws(() => model.learnOne({ a: NaN }, "up"), BadInput);
    assert.deepEqual(encodeState(model.save()), before);
  });

  it("takes blocks of 0 and 1; predictions are probabilities of 1", () => {
    const block = blockOf(200, 7, (a, b) => a > b ? 1 : 0);
    const byBlock = makeModel("scale | logistic"), byRow = makeModel("scale | logistic");
    for (const model of [byBlock, byRow]) {
      model.learnOne({ a: 0, b: 0 }, 0), model.learnOne({ a: 1, b: 0 }, 1);
    }
    const predictions = new Float64Array(block.count);
    byBlock.progressiveBlock!(block, predictions);
    rowsOf(block).forEach(({ features, target }, r) => {
      assert.equal(predictions[r], byRow.predictProbabilitiesOne!(features).get(1));
      byRow.learnOne(features, target);
    });
    assert.deepEqual(encodeState(byBlock.save()), encodeState(byRow.save()));
    const wrong = { ...block, targets: block.targets.with(1, 2) };
    assert.throws(() => byBlock.progressiveBlock!(wrong, predictions), /target 2 in a block/);
  });
});
