import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { FeatureIndex } from "../../../src/online/feature_index.ts";
import { OneHot } from "../../../src/online/transformers/one_hot.ts";
import { NamedTransformer } from "./vectors.ts";

const make = (input: FeatureIndex) => new OneHot(input, 2);

describe("OneHot", () => {
  it("makes a feature of each text and passes numbers through", () => {
    const oneHot = new NamedTransformer(make);
    oneHot.learn({ color: "red", size: 3 }, { color: "blue" });
    assert.deepEqual(oneHot.transform({ size: 4, color: "blue" }), { size: 4, "color=blue": 1 });
  });

  it("leaves out, when it predicts, what it never learnt", () => {
    const oneHot = new NamedTransformer(make);
    oneHot.learn({ color: "red" });
    assert.deepEqual(oneHot.transform({ color: "blue" }), {});
    assert.deepEqual(oneHot.transformer.output.names, ["color=red"]);
  });

  it("gives further texts of a full feature one in common, learnt like the others", () => {
    const oneHot = new NamedTransformer(make);
    oneHot.learn({ color: "red" }, { color: "blue" });
    assert.deepEqual(oneHot.transform({ color: "green" }), {});
    for (let i = 0; i < 1000; i++) oneHot.learn({ color: `c${i}` });
    assert.deepEqual(oneHot.transform({ color: "never seen" }), { "color=\u2026": 1 });
    assert.deepEqual(oneHot.transform({ color: "red" }), { "color=red": 1 });
    assert.equal(oneHot.transformer.output.count, 3);
  });

  it("comes back from its state", () => {
    const oneHot = new NamedTransformer(make);
    oneHot.learn({ n: 1 }, { color: "red" });
    const other = oneHot.restored(make);
    for (const one of [oneHot, other]) one.learn({ color: "blue" }, { color: "green", m: 2 });
    const all = { color: "green", n: 1, m: 3 };
    assert.deepEqual(other.transform(all), oneHot.transform(all));
    assert.deepEqual(other.transformer.save(), oneHot.transformer.save());
  });
});
