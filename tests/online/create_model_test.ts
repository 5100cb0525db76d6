import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { makeModel } from "./make_model.ts";

describe("createModel", () => {
  it("makes regressions, classifications and models that take observations as they are", () => {
    assert.equal(makeModel("scale | linear").task, "regression");
    assert.equal(makeModel("one-hot | scale | logistic").task, "classification");
    assert.equal(makeModel("biased-mf | clip(min=1, max=5)").task, "regression");
  });

  it("gives each model a memory and a state of its own", () => {
    const first = makeModel("linear"), second = makeModel("linear");
    first.learnOne({ a: 1 }, 5);
    assert.equal(second.predictOne({ a: 1 }), 0);
  });

  it("applies what stands after the model in order", () => {
    const model = makeModel("scale | linear(learning-rate=1) | clip(max=3) | reset-on-drift | clip(min=2)");
    assert.equal(model.predictOne({}), 2);
    for (let i = 0; i < 100; i++) model.learnOne({ a: i % 2 }, 9);
    assert.equal(model.predictOne({ a: 1 }), 3);
  });

  const refused: [string, RegExp][] = [
    ["nonsense", /no step "nonsense"; there are scale, .*linear/],
    ["scale", /no model after its steps; models are linear/],
    ["clip(min=1)", /no model after its steps/],
    ["linear | scale", /no model after its steps/],
    ["linear | logistic", /goes on after "linear"/],
    ["clip(min=1) | linear", /goes on after "clip"/],
    ["scale | baseline", /takes observations as they are/],
    ["logistic | clip(min=0)", /clips labels/],
    ["linear(l2=-1)", /"l2" of "linear" was given "-1"/],
    ["linear(l1=1, l2=1)", /one of the two/],
    ["linear(fast)", /name=value/],
    ["scale(x) | linear", /name=value/],
    ["mean(x=1)", /it has none/],
    ["linear | clip(min=2, max=1)", /min 2 and max 1/],
    ["linear | clip(2)", /name=value/],
    ["reset-on-drift", /no model after its steps/],
    ["reset-on-drift | linear", /goes on after "reset-on-drift"; .* after it clip, reset-on-drift/],
    ["linear | reset-on-drift(detector=eddm)", /drift detector 'eddm'/],
    ["logistic | reset-on-drift | clip", /clips labels/],
    ["select | linear", /names of features/],
    ["cross(a) | linear", /products such as a\*b/],
  ];
  for (const [text, message] of refused) {
    it(`refuses '${text}'`, () => {
      assert.throws(
        () => makeModel(text),
        (error: Error) => error instanceof BadInput && message.test(error.message),
      );
    });
  }
});
