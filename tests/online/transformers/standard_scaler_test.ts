import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../../src/kernels/kernel_module.ts";
import type { FeatureIndex } from "../../../src/online/feature_index.ts";
import { StandardScaler } from "../../../src/online/transformers/standard_scaler.ts";
import { kernelModule } from "../make_model.ts";
import { NamedTransformer } from "./vectors.ts";

const make = (input: FeatureIndex) => new StandardScaler(instantiateKernels(kernelModule), input);

describe("StandardScaler", () => {
  it("scales numbers and passes texts through", () => {
    const scaler = new NamedTransformer(make);
    scaler.learn({ x: 1, color: "red" }, { x: 3, color: "blue", y: 5 });
    // x: mean 2, variance 1; y: one value.
    assert.deepEqual(scaler.transform({ color: "green", x: 4, y: 8 }), { x: 2, y: 0, color: "green" });
  });

  it("has the figures of River's own example", () => {
    // River, preprocessing.StandardScaler: x 10.557, 9.1, 10.945, 11.568, 9.687, 8.874 gives these, to three places.
    const scaler = new NamedTransformer(make);
    const expected = [0, -0.999, 0.937, 1.129, -0.776, -1.274];
    [10.557, 9.1, 10.945, 11.568, 9.687, 8.874].forEach((x, i) => {
      scaler.learn({ x });
      assert.ok(Math.abs((scaler.transform({ x }).x as number) - expected[i]) < 2e-3, `value ${i}`);
    });
  });

  it("comes back from its state, with features that come later", () => {
    const scaler = new NamedTransformer(make);
    scaler.learn({ x: 1 }, { x: 3 });
    const other = scaler.restored(make);
    for (const one of [scaler, other]) one.learn({ x: 8, z: 1 }, { z: 4 });
    assert.deepEqual(other.transform({ x: 5, z: 4 }), scaler.transform({ x: 5, z: 4 }));
    assert.deepEqual(other.transformer.save(), scaler.transformer.save());
  });
});
