import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Random } from "../../../src/synthesize/random.ts";
import { makeModel } from "../make_model.ts";

describe("LinearRegressor", () => {
  it("finds the weights of a linear function, with every optimizer", () => {
    for (const optimizer of ["sgd", "momentum(rho)", "adagrad", "rmsprop", "adam", "amsgrad", "nesterov"]) {
      const name = optimizer.replace("(rho)", "");
      const rate = name === "adagrad" ? 0.5 : 0.01;
      const model = makeModel(`linear(optimizer=${name}, learning-rate=${rate}, intercept-rate=0.05)`);
      const random = Random.seeded(1);
      for (let i = 0; i < 8000; i++) {
        const a = random.normal(), b = random.normal();
        model.learnOne({ a, b }, 3 * a - 2 * b + 1);
      }
      const at = (a: number, b: number) => model.predictOne({ a, b }) as number;
      for (const [a, b] of [[0, 0], [1, 0], [0, 1], [2, -1]]) {
        assert.ok(Math.abs(at(a, b) - (3 * a - 2 * b + 1)) < 0.15, `${name} at ${a}, ${b}: ${at(a, b)}`);
      }
    }
  });

  it("finds a median by the absolute loss where squares are drawn away", () => {
    const median = makeModel("linear(loss=absolute, intercept-rate=0.01)");
    const mean = makeModel("linear(intercept-rate=0.005)");
    for (let i = 0; i < 20_000; i++) {
      const target = i % 10 === 0 ? 1000 : 5;
      median.learnOne({}, target), mean.learnOne({}, target);
    }
    assert.ok(Math.abs((median.predictOne({}) as number) - 5) < 0.1);
    assert.ok((mean.predictOne({}) as number) > 50);
  });
});

describe("LinearClassifier", () => {
  it("learns to tell two half-planes apart, by each of its kinds", () => {
    for (
      const text of ["logistic(learning-rate=0.1)", "logistic(loss=hinge)", "perceptron", "pa-classifier"]
    ) {
      const model = makeModel(text), random = Random.seeded(2);
      let wrong = 0;
      for (let i = 0; i < 3000; i++) {
        const a = random.normal(), b = random.normal();
        const truth = a + 2 * b > 0.5;
        if (Math.abs(a + 2 * b - 0.5) < 0.3) continue;
        if (i >= 2000 && model.predictOne({ a, b }) !== truth) wrong++;
        model.learnOne({ a, b }, truth);
      }
      assert.ok(wrong <= 15, `${text}: ${wrong} of 1000 wrong`);
    }
  });
});
