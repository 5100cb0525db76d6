import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { type AlsParameters, type Feedback, strideOf } from "../../src/domain/factor_model.ts";
import { NumericFailure } from "../../src/domain/failure.ts";
import { FoldIn, type ItemSide } from "../../src/kernels/fold_in.ts";
import { instantiateKernels, sharedMemory } from "../../src/kernels/kernel_module.ts";
import { Random } from "../../src/synthesize/random.ts";
import { foldInExplicit, foldInImplicit } from "../reference/fold_in.ts";
import { rowsOf } from "./planted_rows.ts";

const portable = await loadKernel("portable");
const fast = await loadKernel("fast");

function plantedItems(
  feedback: Feedback,
  factorCount: number,
  itemCount: number,
  more: Partial<AlsParameters> = {},
): ItemSide {
  const random = Random.seeded(factorCount), stride = strideOf(feedback, factorCount);
  const isExplicit = feedback === "explicit";
  const parameters: AlsParameters = {
    feedback,
    factorCount,
    regularization: 0.03,
    biasRegularization: 5,
    unobservedWeight: 0.2,
    popularityExponent: 0.3,
    frequencyExponent: 0.8,
    confidenceScale: 1.7,
    ...more,
  };
  return {
    parameters,
    stride,
    itemCount,
    itemFactors: rowsOf(itemCount, stride, (_, j) => {
      if (j < factorCount || (isExplicit && j === factorCount + 1)) return random.normal() * 0.4;
      return isExplicit && j === factorCount ? 1 : 0;
    }),
    itemWeights: isExplicit ? new Float32Array(0) : rowsOf(itemCount, 1, () => 0.3 + random.uniform()),
    globalMean: isExplicit ? 3.4 : 0,
  };
}

/** `count` distinct items, with values. */
function pairsOf(random: Random, itemCount: number, count: number) {
  const indexes = new Set<number>();
  while (indexes.size < count) indexes.add(random.below(itemCount));
  return { indexes: [...indexes], values: Array.from({ length: count }, () => 1 + random.below(5)) };
}

/** The first factorCount values of each item, in double precision. */
function vectorsOf({ itemFactors, stride, itemCount, parameters }: ItemSide): number[][] {
  return Array.from(
    { length: itemCount },
    (_, item) => [...itemFactors.subarray(item * stride, item * stride + parameters.factorCount)],
  );
}

/** What the row must be, stride long. */
function expectedRow(model: ItemSide, indexes: number[], values: number[]): number[] {
  const { parameters, stride, itemFactors, itemCount, itemWeights, globalMean } = model;
  const vectors = vectorsOf(model), row = new Array<number>(stride).fill(0);
  if (parameters.feedback === "implicit") {
    foldInImplicit(parameters, vectors, [...itemWeights], indexes, values).forEach((x, j) => row[j] = x);
  } else {
    const biases = Array.from(
      { length: itemCount },
      (_, i) => itemFactors[i * stride + parameters.factorCount + 1],
    );
    foldInExplicit(parameters, vectors, biases, globalMean, indexes, values).forEach((x, j) => row[j] = x);
    row[parameters.factorCount + 1] = 1;
  }
  return row;
}

function assertClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  const norm = Math.hypot(...expected);
  const distance = Math.hypot(...expected.map((x, j) => x - actual[j]));
  assert.ok(distance <= 1e-6 * norm, `relative error ${distance / norm}`);
}

describe("FoldIn", () => {
  for (const feedback of ["implicit", "explicit"] as const) {
    it(`solves the half-step of one ${feedback} user, over numbers of factors and of items`, () => {
      const random = Random.seeded(1);
      for (const factorCount of [1, 2, 3, 7, 8, 33, 64]) {
        const model = plantedItems(feedback, factorCount, 600);
        const foldIn = new FoldIn(instantiateKernels(portable.module), model);
        for (const count of [1, 2, 5, 40, 300]) {
          const { indexes, values } = pairsOf(random, 600, count);
          assertClose(foldIn.solve(indexes, values), expectedRow(model, indexes, values));
        }
      }
    });

    it(`solves it in the fast build too, ${feedback}`, () => {
      const model = plantedItems(feedback, 21, 100), { indexes, values } = pairsOf(Random.seeded(2), 100, 9);
      const foldIn = new FoldIn(instantiateKernels(fast.module, sharedMemory()), model);
      assertClose(foldIn.solve(indexes, values), expectedRow(model, indexes, values));
    });

    it(`gives zeros for nobody and the same row whenever it is asked, ${feedback}`, () => {
      const model = plantedItems(feedback, 12, 50),
        foldIn = new FoldIn(instantiateKernels(portable.module), model);
      assert.deepEqual(foldIn.solve([], []), new Float32Array(16));
      const first = foldIn.solve([4, 8], [5, 2]);
      foldIn.solve([1, 2, 3], [1, 1, 1]);
      assert.deepEqual(foldIn.solve([4, 8], [5, 2]), first);
    });
  }

  it("does not weight down what was not observed when it is not to", () => {
    const model = plantedItems("implicit", 6, 30, { unobservedWeight: 0 });
    const foldIn = new FoldIn(instantiateKernels(portable.module), model);
    assertClose(foldIn.solve([3, 9], [1, 2]), expectedRow(model, [3, 9], [1, 2]));
  });

  it("takes evidence that is not positive for evidence against an item", () => {
    const model = plantedItems("implicit", 6, 30), indexes = [3, 9, 11, 20], values = [1, -2, 0, -0.5];
    const foldIn = new FoldIn(instantiateKernels(portable.module), model);
    assertClose(foldIn.solve(indexes, values), expectedRow(model, indexes, values));
  });

  it("does not depend on what its memory held before", () => {
    const model = plantedItems("explicit", 5, 30), kernels = instantiateKernels(portable.module);
    const { top } = kernels.arena, dirty = kernels.arena.allocate(100_000);
    kernels.arena.u8(dirty, 100_000).fill(255);
    kernels.arena.release(top);
    assertClose(new FoldIn(kernels, model).solve([3], [1]), expectedRow(model, [3], [1]));
  });

  it("reads item rows at each call", () => {
    const model = plantedItems("explicit", 6, 30),
      foldIn = new FoldIn(instantiateKernels(portable.module), model);
    const before = foldIn.solve([3], [5]);
    model.itemFactors[3 * model.stride] += 1;
    const after = foldIn.solve([3], [5]);
    assert.notDeepEqual(after, before);
    assertClose(after, expectedRow(model, [3], [5]));
  });

  it("reports a system without a solution", () => {
    const model = plantedItems("explicit", 4, 10, { regularization: 0 });
    const foldIn = new FoldIn(instantiateKernels(portable.module), model);
    assert.throws(() => foldIn.solve([1], [3]), NumericFailure);
    assert.throws(() => foldIn.solve([1], [NaN]), NumericFailure);
  });
});
