import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { AlmaKernel, type AlmaOptions } from "../../src/kernels/online_alma.ts";
import { Random } from "../../src/synthesize/random.ts";
import { kernelModule } from "../online/make_model.ts";

const OPTIONS: AlmaOptions = { p: 2, alpha: 0.9, b: 1 / 0.9, c: Math.SQRT2 };

function kernelOf(options: AlmaOptions): AlmaKernel {
  const kernel = new AlmaKernel(instantiateKernels(kernelModule), options);
  kernel.reserve(4);
  return kernel;
}

/** Figure 2 of Gentile 2001 over arrays. */
function plainLearn(
  weights: number[],
  k: number,
  x: readonly number[],
  y: number,
  { p, alpha, b, c }: AlmaOptions,
): { weights: number[]; k: number } {
  const dot = weights.reduce((sum, w, i) => sum + w * x[i], 0);
  if (y * dot >= (1 - alpha) * b * Math.sqrt((p - 1) / k)) return { weights, k };
  const moved = weights.map((w, i) => w + c / Math.sqrt((p - 1) * k) * y * x[i]);
  const norm = moved.reduce((sum, w) => sum + Math.abs(w) ** p, 0) ** (1 / p);
  return { weights: moved.map((w) => w / Math.max(1, norm)), k: k + 1 };
}

describe("AlmaKernel", () => {
  for (const options of [OPTIONS, { p: 4, alpha: 0.5, b: 2, c: 0.7 }]) {
    it(`learns as the paper has it, features coming and going, p = ${options.p}`, () => {
      const random = Random.seeded(1), kernel = kernelOf(options);
      let plain = { weights: [0, 0, 0, 0], k: 1 };
      for (let round = 0; round < 300; round++) {
        const x = Array.from({ length: 4 }, () => random.uniform() < 0.7 ? random.normal() : 0);
        const y = x[0] - 2 * x[2] + 0.3 * random.normal() > 0 ? 1 : -1;
        const slots = Uint32Array.from([0, 1, 2, 3].filter((slot) => x[slot] !== 0));
        const values = Float64Array.from(slots, (slot) => x[slot]);
        kernel.learn({ slots, values, count: slots.length }, y);
        plain = plainLearn(plain.weights, plain.k, x, y, options);
      }
      const { updates, weights } = kernel.save(4);
      assert.equal(updates, plain.k);
      plain.weights.forEach((w, i) => assert.ok(Math.abs(weights[i] - w) < 1e-12, `${weights[i]}, ${w}`));
      assert.ok(updates > 20);
    });
  }

  it("counts by hand: the first step is C, cut to the unit ball", () => {
    const kernel = kernelOf(OPTIONS), x = { slots: Uint32Array.of(1), values: Float64Array.of(3), count: 1 };
    kernel.learn(x, -1); // √2 · 3 = 4.24 in length: -1
    assert.equal(kernel.raw(x), -3);
    kernel.learn(x, -1); // margin (1 - 0.9)/0.9/√2 = 0.079: no step
    assert.deepEqual(kernel.save(2), { updates: 2, weights: Float64Array.of(0, -1) });
  });

  it("goes on from a saved state, with more slots than before", () => {
    const first = kernelOf(OPTIONS), second = kernelOf(OPTIONS);
    const x = { slots: Uint32Array.of(0, 2), values: Float64Array.of(0.1, 0.2), count: 2 };
    first.learn(x, 1);
    second.load(first.save(3));
    second.reserve(100);
    for (const kernel of [first, second]) kernel.learn(x, -1);
    assert.deepEqual(second.save(3), first.save(3));
  });
});
