import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { MachineKernel, type MachineOptions } from "../../src/kernels/online_machine.ts";
import { kernelModule } from "../online/make_model.ts";
import { tableStream, twoClasses } from "../online/table_stream.ts";

const OPTIONS: MachineOptions = {
  loss: "squared",
  lossParameter: 0,
  factorCount: 3,
  weightRate: 0.01,
  factorRate: 0.01,
  interceptRate: 0.01,
  weightL1: 0,
  weightL2: 0,
  factorL1: 0,
  factorL2: 0,
  clip: 1e12,
};

/** Five slots whose factors are 0.1 (((s + 1)(f + 2) mod 7) - 3). */
function kernelOf(options: Partial<MachineOptions> = {}): MachineKernel {
  const kernel = new MachineKernel(instantiateKernels(kernelModule), { ...OPTIONS, ...options });
  for (let slot = 0; slot < 5; slot++) kernel.addSlot(factorsOf(slot));
  return kernel;
}

function factorsOf(slot: number): number[] {
  return [0, 1, 2].map((f) => 0.1 * (((slot + 1) * (f + 2)) % 7 - 3));
}

function vectorOf(features: Readonly<Record<string, number>>) {
  const values = Float64Array.from(Object.values(features));
  return { slots: Uint32Array.of(0, 1, 2, 3, 4), values, count: values.length };
}

function assertNear(value: number, expected: number): void {
  assert.ok(Math.abs(value - expected) <= 1e-11 * (1 + Math.abs(expected)), `${value}, expected ${expected}`);
}

describe("MachineKernel", () => {
  it("predicts intercept, weights and the product of each pair", () => {
    const kernel = kernelOf(), x = vectorOf({ a: 1, b: -2, c: 0.5, d: 3, e: 0.25 });
    let expected = 0;
    for (let i = 0; i < 5; i++) {
      for (let j = i + 1; j < 5; j++) {
        const a = factorsOf(i), b = factorsOf(j);
        expected += (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) * x.values[i] * x.values[j];
      }
    }
    assertNear(kernel.predict(x), expected);
    assert.ok(Math.abs(expected) > 0.1);
    // One feature alone has no pair.
    assert.equal(kernel.predict({ slots: Uint32Array.of(3), values: Float64Array.of(7), count: 1 }), 0);
  });

  // facto.FMRegressor(n_factors=3, ...) and FMClassifier of River 0.26.1 with `latents` set to the same factors, 2,000 rows
  // of tableStream: mean absolute error, and mean probability of the truth.
  it("learns as River's regressor", () => {
    const plain: Partial<MachineOptions> = {};
    const pulled = {
      weightRate: 0.02,
      factorRate: 0.005,
      interceptRate: 0.05,
      weightL1: 0.01,
      weightL2: 0.02,
      factorL1: 0.03,
      factorL2: 0.04,
    };
    for (const [options, mae] of [[plain, 1.6924612746701377], [pulled, 1.7043598619808102]] as const) {
      const kernel = kernelOf(options);
      let sum = 0;
      for (const { features, target } of tableStream(2000)) {
        const x = vectorOf(features);
        sum += Math.abs(target - kernel.predict(x));
        kernel.learn(x, target);
      }
      assertNear(sum / 2000, mae);
    }
  });

  it("learns as River's classifier", () => {
    const kernel = kernelOf({ loss: "log" });
    let sum = 0;
    for (const row of tableStream(2000)) {
      const x = vectorOf(row.features), p = kernel.predict(x), truth = twoClasses(row);
      sum += truth ? p : 1 - p;
      kernel.learn(x, truth ? 1 : 0);
    }
    assertNear(sum / 2000, 0.5507464594417241);
  });

  it("goes on from a saved state bit by bit", () => {
    const rows = tableStream(200), whole = kernelOf(), first = kernelOf();
    const second = new MachineKernel(instantiateKernels(kernelModule), OPTIONS);
    for (const { features, target } of rows) whole.learn(vectorOf(features), target);
    for (const { features, target } of rows.slice(0, 90)) first.learn(vectorOf(features), target);
    second.load(first.save());
    assert.equal(second.slotCount, 5);
    for (const { features, target } of rows.slice(90)) second.learn(vectorOf(features), target);
    assert.deepEqual(second.save(), whole.save());
  });
});
