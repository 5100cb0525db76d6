import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { makeModel } from "../make_model.ts";

function afterOne(text: string, target: number): number {
  const model = makeModel(text);
  model.learnOne({ x: 1 }, target);
  return model.predictOne({ x: 1 }) as number;
}

function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);
}

describe("factorization machines of the registry", () => {
  it("take their parameters to the right place", () => {
    // Gradient -6; one feature alone has no pair.
    assertNear(afterOne("fm", 3), 0.06 + 0.06);
    assertNear(afterOne("fm(weight-rate=0.5)", 3), 0.06 + 3);
    assertNear(afterOne("fm(intercept-rate=1)", 3), 6 + 0.06);
    assertNear(afterOne("fm(clip=2)", 3), 0.02 + 0.02);
    assertNear(afterOne("fm(loss=absolute)", 3), 0.01 + 0.01);
    assertNear(afterOne("fm(loss=huber)", 3), 0.001 + 0.001);
    assertNear(afterOne("fm(loss=huber, loss-parameter=2)", 3), 0.02 + 0.02);
    const twice = makeModel("fm(weight-l2=0.5, weight-l1=0.1)");
    twice.learnOne({ x: 1 }, 3);
    twice.learnOne({ x: 1 }, 0.12); // gradient 0: the weight 0.06 loses 0.01 (0.1 + 0.5 · 0.06)
    assertNear(twice.predictOne({ x: 1 }) as number, 0.06 + 0.06 - 0.0013);
    const sure = makeModel("fm-classifier");
    sure.learnOne({ x: 1 }, true); // gradient -1/2
    assertNear(sure.predictProbabilitiesOne!({ x: 1 }).get(true)!, 1 / (1 + Math.exp(-0.01)));
  });

  it("start a feature from factors of its own, whichever came first", () => {
    const still = "fm(weight-rate=0, factor-rate=0, intercept-rate=0";
    const productOf = (text: string, names: readonly string[], seed = 1) => {
      const model = makeModel(text, seed);
      for (const name of names) model.learnOne({ [name]: 1 }, 0);
      return model.predictOne({ a: 1, b: 1 }) as number;
    };
    const product = productOf(`${still})`, ["a", "b"]);
    assert.equal(productOf(`${still})`, ["b", "c", "a"]), product);
    assert.notEqual(productOf(`${still})`, ["a", "b"], 2), product);
    assert.notEqual(product, 0);
    assertNear(productOf(`${still}, initial-deviation=1)`, ["a", "b"]), 100 * product);
    assert.equal(productOf(`${still}, initial-deviation=0)`, ["a", "b"]), 0);
  });

  it("learns what only two features together say", () => {
    const model = makeModel("one-hot | fm(factor-rate=0.05, weight-rate=0.05, initial-deviation=0.3)", 3);
    const xor = (a: string, b: string) => a === b ? 1 : -1;
    const pairs = [["p", "p"], ["p", "q"], ["q", "p"], ["q", "q"]];
    for (let i = 0; i < 2000; i++) {
      const [a, b] = pairs[i % 4];
      model.learnOne({ a, b }, xor(a, b));
    }
    for (const [a, b] of pairs) {
      assert.ok(Math.abs((model.predictOne({ a, b }) as number) - xor(a, b)) < 0.1, `${a}${b}`);
    }
  });
});
