import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { makeModel } from "../make_model.ts";

/** What `text` predicts for x = 1 after one observation of x = 1 with this target. */
function afterOne(text: string, target: number | boolean): number {
  const model = makeModel(text);
  model.learnOne({ x: 1 }, target);
  if (model.task === "regression") return model.predictOne({ x: 1 }) as number;
  const p = model.predictProbabilitiesOne!({ x: 1 }).get(true)!;
  return Math.log(p / (1 - p));
}

function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}, expected ${expected}`);
}

describe("linear models of the registry", () => {
  it("have the learning rates of their optimizers where none is given", () => {
    // Gradient -2 · 3; the intercept's rate is 0.01: 0.06. Adaptive steps divide by the gradient.
    assertNear(afterOne("linear", 3), 0.06 + 0.06);
    assertNear(afterOne("linear(optimizer=momentum)", 3), 0.06 + 0.6);
    assertNear(afterOne("linear(optimizer=adagrad)", 3), 0.06 + 0.6 / Math.sqrt(36 + 1e-8));
    assertNear(afterOne("linear(optimizer=rmsprop)", 3), 0.06 + 0.6 / Math.sqrt(3.6 + 1e-8));
    const firstAdam = 0.1 * Math.sqrt(0.001) / 0.1 * 0.6 / (Math.sqrt(0.036) + 1e-8);
    assert.ok(Math.abs(afterOne("linear(optimizer=adam)", 3) - 0.06 - firstAdam) < 1e-9);
    assertNear(afterOne("linear(optimizer=sgd, learning-rate=0.5)", 3), 0.06 + 3);
  });

  it("have the parameters of their losses where none is given", () => {
    assertNear(afterOne("linear(loss=huber)", 3), 0.1 * 0.02);
    assertNear(afterOne("linear(loss=huber, loss-parameter=2)", 3), 2 * 0.02);
    assertNear(afterOne("linear(loss=quantile)", 3), 0.5 * 0.02);
    assertNear(afterOne("linear(loss=epsilon-insensitive)", 0.05), 0);
    assertNear(afterOne("linear(loss=epsilon-insensitive)", 3), 0.02);
    assertNear(afterOne("logistic", true), 0.5 * 0.02);
    assertNear(afterOne("logistic(loss=hinge)", true), 0.02);
  });

  it("step as perceptron and passive-aggressive models do", () => {
    assertNear(afterOne("perceptron", true), 2);
    assertNear(afterOne("perceptron(clip=0.5)", true), 1);
    // τ = min(1, 2.9/1) and 2.9/(1 + 1/2); weight and intercept take it each.
    assertNear(afterOne("pa", 3), 2);
    assertNear(afterOne("pa(variant=2)", 3), 2 * 2.9 / 1.5);
    assertNear(afterOne("pa(c=100, epsilon=0)", 3), 6);
    assertNear(afterOne("pa-classifier(c=0.25)", true), 0.5);
  });

  it("lower the rate by schedules", () => {
    // 1/(α t₀) is the first step of "optimal": (1/√α)^½ = √10 for α = 0.01, times the gradient 6.
    assertNear(
      afterOne("linear(schedule=optimal, learning-rate=0.01, intercept-rate=0)", 3),
      6 * Math.sqrt(10),
    );
    assertNear(afterOne("linear(schedule=inverse-scaling, power=2, intercept-rate=0)", 3), 0.06);
  });
});
