import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { FeatureIndex } from "../../../src/online/feature_index.ts";
import { MinMaxScaler } from "../../../src/online/transformers/min_max_scaler.ts";
import { NamedTransformer } from "./vectors.ts";

const make = (input: FeatureIndex) => new MinMaxScaler(input);

describe("MinMaxScaler", () => {
  it("maps the smallest to 0 and the greatest to 1; what lies outside goes beyond", () => {
    const scaler = new NamedTransformer(make);
    scaler.learn({ x: 10 }, { x: -10 }, { x: 0 });
    assert.deepEqual([-10, 5, 10, 30].map((x) => scaler.transform({ x }).x), [0, 0.75, 1, 2]);
  });

  it("gives 0 to a feature with one value, and passes texts through", () => {
    const scaler = new NamedTransformer(make);
    scaler.learn({ x: 7, color: "red" });
    assert.deepEqual(scaler.transform({ x: 9, color: "blue" }), { x: 0, color: "blue" });
  });

  it("comes back from its state", () => {
    const scaler = new NamedTransformer(make);
    scaler.learn({ x: 1, y: 5 }, { x: 3 });
    const other = scaler.restored(make);
    for (const one of [scaler, other]) one.learn({ y: 9 });
    assert.deepEqual(other.transform({ x: 2, y: 6 }), { x: 0.5, y: 0.25 });
  });
});
