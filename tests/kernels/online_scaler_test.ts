import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { ScalerKernel } from "../../src/kernels/online_scaler.ts";
import { kernelModule } from "../online/make_model.ts";

function vectorOf(slots: number[], values: number[]) {
  return { slots: Uint32Array.from(slots), values: Float64Array.from(values), count: slots.length };
}

function transformed(scaler: ScalerKernel, slots: number[], values: number[]): number[] {
  const out = new Float64Array(slots.length);
  scaler.transform(vectorOf(slots, values), out);
  return [...out];
}

describe("ScalerKernel", () => {
  it("has the mean and the population variance of what it saw", () => {
    const scaler = new ScalerKernel(instantiateKernels(kernelModule));
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) scaler.learn(vectorOf([0], [value]));
    // Mean 5, variance 4: (9 - 5)/2 and (3 - 5)/2.
    assert.deepEqual(transformed(scaler, [0], [9]), [2]);
    assert.deepEqual(transformed(scaler, [0], [3]), [-1]);
  });

  it("gives 0 where the variance is 0: nothing seen, one value, or all the same", () => {
    const scaler = new ScalerKernel(instantiateKernels(kernelModule));
    scaler.reserve(3);
    scaler.learn(vectorOf([0], [7]));
    for (let i = 0; i < 3; i++) scaler.learn(vectorOf([1], [-3]));
    assert.deepEqual(transformed(scaler, [0, 1, 2], [8, 5, 1]), [0, 0, 0]);
  });

  it("leaves a feature alone that is not there", () => {
    const kernels = instantiateKernels(kernelModule);
    const scaler = new ScalerKernel(kernels), alone = new ScalerKernel(kernels);
    for (const value of [1, 2, 4]) {
      scaler.learn(vectorOf([0, 1], [value, 10 * value]));
      alone.learn(vectorOf([0], [value]));
    }
    alone.learn(vectorOf([0], [9]));
    scaler.learn(vectorOf([0], [9]));
    assert.deepEqual(transformed(scaler, [0], [3]), transformed(alone, [0], [3]));
    // Slot 1 saw 10, 20, 40 only: mean 70/3, variance 1400/9.
    assert.ok(Math.abs(transformed(scaler, [1], [40])[0] - (50 / 3) / Math.sqrt(1400 / 9)) < 1e-14);
  });

  it("goes on from a saved state, and keeps its numbers when slots come", () => {
    const kernels = instantiateKernels(kernelModule);
    const scaler = new ScalerKernel(kernels), other = new ScalerKernel(kernels);
    for (const value of [1, 2, 4]) scaler.learn(vectorOf([0], [value]));
    other.load(scaler.save(1));
    other.reserve(5000);
    scaler.learn(vectorOf([0], [8]));
    other.learn(vectorOf([0], [8]));
    assert.deepEqual(other.save(1), scaler.save(1));
  });
});
