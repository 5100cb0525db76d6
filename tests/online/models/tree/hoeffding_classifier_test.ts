import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { encodeState } from "../../../../src/domain/state_tree.ts";
import {
  HoeffdingClassifier,
  type HoeffdingClassifierOptions,
} from "../../../../src/online/models/tree/hoeffding_classifier.ts";
import { Random } from "../../../../src/synthesize/random.ts";
import { PlainClassificationTree } from "../../../reference/hoeffding_tree.ts";
import { vectorOf } from "./vectors.ts";

const OPTIONS: HoeffdingClassifierOptions = {
  gracePeriod: 50,
  delta: 0.01,
  tau: 0.1,
  maxDepth: 60,
  maxLeaves: 500,
  prediction: "majority",
  splits: 7,
  minBranchFraction: 0.01,
  maxShare: 0.99,
};

const LABELS = ["a", "b", "c"];

/** Class 2 right of 2.5, else by the other feature; a tenth of the labels is noise. */
function stepsOf(count: number, seed: number): { x: number[]; y: number }[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const x = [4 * random.uniform(), 4 * random.uniform(), 4 * random.uniform()];
    return { x, y: random.uniform() < 0.1 ? random.below(3) : x[0] > 2.5 ? 2 : x[1] > 1 ? 1 : 0 };
  });
}

function learnAll(tree: HoeffdingClassifier, rows: readonly { x: number[]; y: number }[]): void {
  for (const { x, y } of rows) tree.learn(vectorOf(x), y, 3);
}

describe("HoeffdingClassifier", () => {
  it("grows and predicts as the tree that keeps every observation", () => {
    for (let seed = 1; seed <= 3; seed++) {
      const tree = new HoeffdingClassifier(OPTIONS), plain = new PlainClassificationTree(OPTIONS);
      const out = new Float64Array(3);
      stepsOf(700, seed).forEach(({ x, y }, place) => {
        tree.probabilities(vectorOf(x), out);
        for (const [label, expected] of plain.predict(x)) {
          const p = out[LABELS.indexOf(label)];
          assert.ok(Math.abs(p - expected) < 1e-9, `seed ${seed}, ${place}: ${p}, expected ${expected}`);
        }
        tree.learn(vectorOf(x), y, 3);
        plain.learn(x, LABELS[y]);
      });
      assert.equal(tree.leafCount, plain.leafCount);
      assert.ok(tree.leafCount >= 3, `${tree.leafCount} leaves`);
    }
  });

  it("uses naive Bayes in its leaves where that is right more often", () => {
    const hits = (prediction: HoeffdingClassifierOptions["prediction"]) => {
      const tree = new HoeffdingClassifier({ ...OPTIONS, maxDepth: 1, gracePeriod: 1e9, prediction });
      const out = new Float64Array(2), random = Random.seeded(5);
      let count = 0;
      for (let i = 0; i < 2000; i++) {
        const y = random.below(2), x = vectorOf([random.normal() + 3 * y, random.normal()]);
        tree.probabilities(x, out);
        if ((out[1] > out[0] ? 1 : 0) === y) count++;
        tree.learn(x, y, 2);
      }
      return count / 2000;
    };
    // Two normal distributions three deviations apart: the best rule is right in 93.3 %.
    assert.ok(Math.abs(hits("naive-bayes") - 0.933) < 0.02);
    assert.ok(Math.abs(hits("adaptive") - 0.933) < 0.02);
    assert.ok(hits("majority") < 0.55);
  });

  it("gives all classes known a probability, 0 to one that the leaf never saw", () => {
    const tree = new HoeffdingClassifier({ ...OPTIONS, prediction: "naive-bayes" }),
      out = new Float64Array(4);
    tree.learn(vectorOf([1]), 0, 1);
    tree.learn(vectorOf([2]), 1, 3);
    tree.probabilities(vectorOf([1]), out.fill(9));
    assert.deepEqual([...out], [0.5, 0.5, 0, 9]);
  });

  it("stops growing where it is told to, and at a leaf of nearly one class", () => {
    const leaves = (options: Partial<HoeffdingClassifierOptions>) => {
      const tree = new HoeffdingClassifier({ ...OPTIONS, ...options });
      learnAll(tree, stepsOf(3000, 1));
      return tree;
    };
    assert.equal(leaves({ maxDepth: 1 }).leafCount, 2);
    assert.equal(leaves({ maxLeaves: 2 }).leafCount, 2);
    assert.ok(encodeState(leaves({ maxLeaves: 2 }).save()).length < 1500);
    assert.equal(leaves({ maxShare: 0.3 }).leafCount, 1);
    assert.ok(leaves({}).leafCount > 3);
  });

  it("goes on from a saved state bit by bit", () => {
    const rows = stepsOf(1200, 7), options = { ...OPTIONS, prediction: "adaptive" as const };
    const whole = new HoeffdingClassifier(options), first = new HoeffdingClassifier(options);
    const second = new HoeffdingClassifier(options);
    learnAll(whole, rows);
    learnAll(first, rows.slice(0, 731));
    second.load(first.save());
    learnAll(second, rows.slice(731));
    assert.deepEqual(encodeState(second.save()), encodeState(whole.save()));
    assert.ok(whole.leafCount > 2);
  });
});
