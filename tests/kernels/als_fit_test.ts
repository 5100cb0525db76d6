import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { AlsParameters } from "../../src/domain/factor_model.ts";
import type { RatingMatrix } from "../../src/domain/rating_matrix.ts";
import { BadInput, NumericFailure } from "../../src/domain/failure.ts";
import { AlsFit } from "../../src/kernels/als_fit.ts";
import type { KernelPool } from "../../src/kernels/phases.ts";
import * as explicit from "../reference/als_explicit.ts";
import * as implicit from "../reference/als_implicit.ts";
import { inner, type Matrix } from "../reference/linear_system.ts";
import {
  biasedRowsOf,
  greatestDifference,
  inlineKernels,
  parametersOf,
  plantedData,
  plantedOf,
  preparedFit,
  rowsOfSide,
  withWorkers,
} from "./planted_fit.ts";

const scoresOf = (users: Matrix, items: Matrix) => users.map((x) => items.map((y) => inner(x, y)));

async function explicitRun(parameters: AlsParameters, epochs: number, conjugateGradientSteps?: number) {
  const data = plantedData(7, 60, 45), { pool, kernels } = inlineKernels(), d = parameters.factorCount;
  const fit = await preparedFit(pool, kernels, data, { parameters, conjugateGradientSteps });
  const problem = { parameters, ...data, mean: fit.model().globalMean };
  let items = biasedRowsOf(fit.model(), "item"), users: Matrix = [], loss = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    ({ loss } = await fit.epoch());
    users = explicit.solveSide(problem, data.byUser, items);
    items = explicit.solveSide(problem, data.byItem, users);
  }
  const model = fit.model(), own = { users: biasedRowsOf(model, "user"), items: biasedRowsOf(model, "item") };
  return {
    model,
    data,
    own,
    expected: { users, items },
    loss: loss * data.byUser.indices.length,
    ownLoss: explicit.explicitLoss(problem, own.users, own.items),
    expectedLoss: explicit.explicitLoss(problem, users, items),
    biasesOf: (side: Matrix) => side.map((row) => [row[d]]),
    scoresOf: (sides: { users: Matrix; items: Matrix }) =>
      scoresOf(sides.users.map((x) => x.slice(0, d)), sides.items.map((y) => y.slice(0, d))),
  };
}

async function implicitRun(
  parameters: AlsParameters,
  epochs: number,
  conjugateGradientSteps?: number,
  data = plantedData(9, 70, 50),
) {
  const { pool: inline, kernels } = inlineKernels();
  let decompositions = 0;
  const pool: KernelPool = {
    workerCount: 1,
    memory: kernels.memory,
    run: (name, argumentsOf) => {
      if (name === "gramBlocks") decompositions++;
      return inline.run(name, argumentsOf);
    },
  };
  const fit = await preparedFit(pool, kernels, data, { parameters, conjugateGradientSteps });
  const problem = { parameters, ...data };
  let items = rowsOfSide(fit.model(), "item", parameters.factorCount), users: Matrix = [], loss = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    ({ loss } = await fit.epoch());
    users = implicit.solveUsers(problem, items);
    items = implicit.solveItems(problem, users);
  }
  const model = fit.model(), d = parameters.factorCount;
  return {
    problem,
    loss,
    model,
    scores: scoresOf(rowsOfSide(model, "user", d), rowsOfSide(model, "item", d)),
    ownLoss: implicit.implicitLoss(problem, rowsOfSide(model, "user", d), rowsOfSide(model, "item", d)),
    expectedScores: scoresOf(users, items),
    expectedLoss: implicit.implicitLoss(problem, users, items),
    count: data.byUser.indices.length,
    decompositions,
  };
}

/** Six communities of users and items, of different sizes, and now and then an item of another one. */
const COMMUNITIES = plantedOf(
  Array.from(
    { length: 66 },
    (_, u) =>
      Array.from({ length: 42 }, (_, i) => i).filter((i) =>
        i % 6 === u % 6 ? (u + i) % 5 > 0 : (7 * u + 3 * i) % 31 === 0
      ).map((i): [number, number] => [i, 1 + (u + i) % 3]),
  ),
  42,
);

/** Everybody took everything. */
const ONE_TASTE = plantedOf(
  Array.from({ length: 30 }, () => Array.from({ length: 20 }, (_, i): [number, number] => [i, 1])),
  20,
);

// Both sides are rotated under way, so rows are compared by what does not depend on it: biases and dot products.
describe("AlsFit, explicit", () => {
  for (const factorCount of [1, 5, 8, 30]) {
    it(`follows the double precision reference where steps are many, ${factorCount} factors`, async () => {
      const { own, expected, biasesOf, scoresOf } = await explicitRun(
        parametersOf("explicit", factorCount),
        3,
        60,
      );
      assert.ok(greatestDifference(biasesOf(own.users), biasesOf(expected.users)) < 1e-4);
      assert.ok(greatestDifference(biasesOf(own.items), biasesOf(expected.items)) < 1e-4);
      assert.ok(greatestDifference(scoresOf(own), scoresOf(expected)) < 1e-3);
    });
  }

  it("reports the regularized loss of the factors it has", async () => {
    const run = await explicitRun(parametersOf("explicit", 6), 2);
    assert.ok(Math.abs(run.loss / run.ownLoss - 1) < 1e-5);
  });

  it("comes with few steps to the loss of exact solutions", async () => {
    const run = await explicitRun(parametersOf("explicit", 6), 40);
    assert.ok(run.ownLoss / run.expectedLoss < 1.01);
  });

  it("lays rows out as FactorModel says, range and mean too", async () => {
    const { model, data } = await explicitRun(parametersOf("explicit", 6), 1);
    const mean = data.byUser.values.reduce((a, b) => a + b, 0) / data.byUser.values.length;
    assert.equal(model.stride, 8);
    assert.equal(model.globalMean, Math.fround(mean));
    assert.deepEqual([model.minRating, model.maxRating, model.itemWeights.length], [1, 5, 0]);
    for (let u = 0; u < model.userCount; u++) {
      const isEmpty = data.byUser.indptr[u] === data.byUser.indptr[u + 1];
      assert.equal(model.userFactors[u * 8 + 7], isEmpty ? 0 : 1);
      if (isEmpty) assert.deepEqual([...model.userFactors.subarray(u * 8, u * 8 + 8)], new Array(8).fill(0));
    }
    for (let i = 0; i < model.itemCount; i++) assert.equal(model.itemFactors[i * 8 + 6], 1);
  });
});

describe("AlsFit, implicit", () => {
  const cases: [string, AlsParameters][] = [
    ["the plain loss", parametersOf("implicit", 6)],
    ["weights by popularity", parametersOf("implicit", 6, { popularityExponent: 0.5 })],
    [
      "another frequency exponent",
      parametersOf("implicit", 9, { frequencyExponent: 0.5, regularization: 0.1 }),
    ],
    ["confidences scaled", parametersOf("implicit", 5, { confidenceScale: 4, popularityExponent: 0.25 })],
    ["nothing unobserved", parametersOf("implicit", 4, { unobservedWeight: 0 })],
    ["one factor", parametersOf("implicit", 1)],
  ];
  for (const [name, parameters] of cases) {
    it(`follows the double precision reference where steps are many: ${name}`, async () => {
      const run = await implicitRun(parameters, 3, 30);
      assert.ok(greatestDifference(run.scores, run.expectedScores) < 1e-4);
      assert.ok(Math.abs(run.ownLoss / run.expectedLoss - 1) < 1e-5);
    });
  }

  for (
    const [name, data, isShort] of [["with", COMMUNITIES, true], [
      "without",
      ONE_TASTE,
      false,
    ]] as const
  ) {
    it(`solves the first half-step ${name} a start that needs no eigenbasis`, async () => {
      const run = await implicitRun(parametersOf("implicit", 6), 1, 40, data);
      assert.ok(greatestDifference(run.scores, run.expectedScores) < 1e-4);
      assert.ok(Math.abs(run.loss * run.count / run.ownLoss - 1) < 1e-5);
      // One for the start and one for each half-step, but for the first where there was no need.
      assert.equal(run.decompositions, isShort ? 2 : 3);
    });
  }

  it("takes evidence that is not positive for evidence against an item", async () => {
    const { byUser, byItem } = plantedData(9, 70, 50);
    const turned = ({ values, ...rest }: RatingMatrix) => ({
      ...rest,
      values: values.map((value) => value < 2 ? -value : value - 2),
    });
    const data = { byUser: turned(byUser), byItem: turned(byItem) };
    assert.ok(
      data.byUser.values.some((value) => value < 0) && data.byUser.values.some((value) => value === 0),
    );
    const run = await implicitRun(parametersOf("implicit", 6), 3, 30, data);
    assert.ok(greatestDifference(run.scores, run.expectedScores) < 1e-4);
    assert.ok(Math.abs(run.loss * run.count / run.ownLoss - 1) < 1e-5);
  });

  it("reports the loss of the factors it has", async () => {
    const run = await implicitRun(
      parametersOf("implicit", 6, { popularityExponent: 0.4, confidenceScale: 2 }),
      2,
    );
    assert.ok(Math.abs(run.loss * run.count / run.ownLoss - 1) < 1e-5);
  });

  it("comes with few steps to the loss of exact solutions", async () => {
    const run = await implicitRun(parametersOf("implicit", 6), 40);
    assert.ok(run.ownLoss / run.expectedLoss < 1.01);
  });

  it("gives the item weights it used", async () => {
    const run = await implicitRun(parametersOf("implicit", 4, { popularityExponent: 0.5 }), 1);
    const expected = implicit.itemWeights(run.problem);
    run.model.itemWeights.forEach((weight, i) => assert.ok(Math.abs(weight - expected[i]) < 1e-6));
  });
});

describe("AlsFit on any number of workers", () => {
  const hash = async (parameters: AlsParameters, workerCount: number, seed = 1) => {
    const data = plantedData(11, 700, 400, 0.05);
    return await withWorkers(workerCount, async (pool, kernels) => {
      const fit = await preparedFit(pool, kernels, data, { parameters, seed });
      for (let epoch = 0; epoch < 2; epoch++) await fit.epoch();
      const { userFactors, itemFactors } = fit.model();
      const bytes = await new Blob([userFactors, itemFactors] as BlobPart[]).arrayBuffer();
      return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    });
  };
  for (const feedback of ["explicit", "implicit"] as const) {
    it(`gives the same bytes, ${feedback}`, async () => {
      const parameters = parametersOf(feedback, 20, { popularityExponent: 0.3 });
      const one = await hash(parameters, 1);
      assert.equal(await hash(parameters, 2), one);
      assert.equal(await hash(parameters, 3), one);
      assert.notEqual(await hash(parameters, 2, 2), one);
    });
  }
});

describe("AlsFit at its edges", () => {
  const one = plantedOf([[[0, 4]]], 1);
  const cases = {
    "one user, one item": one,
    "one user": plantedOf([[[0, 4], [1, 2], [3, 5]]], 4),
    "one item": plantedOf([[[0, 4]], [], [[0, 1]]], 1),
    "all ratings equal": plantedOf([[[0, 3], [1, 3]], [[0, 3]], [[1, 3], [2, 3]]], 3),
  };
  for (const [name, data] of Object.entries(cases)) {
    for (const feedback of ["explicit", "implicit"] as const) {
      for (const factorCount of [1, 3, 256, 300]) {
        it(`${name}, ${feedback}, ${factorCount} factors: finite, and the loss is right`, async () => {
          const { pool, kernels } = inlineKernels();
          const parameters = parametersOf(feedback, factorCount);
          const fit = await preparedFit(pool, kernels, data, { parameters });
          await fit.epoch();
          const { loss } = await fit.epoch(), model = fit.model(), count = data.byUser.indices.length;
          const expected = feedback === "explicit"
            ? explicit.explicitLoss(
              { parameters, ...data, mean: model.globalMean },
              biasedRowsOf(model, "user"),
              biasedRowsOf(model, "item"),
            )
            : implicit.implicitLoss(
              { parameters, ...data },
              rowsOfSide(model, "user", factorCount),
              rowsOfSide(model, "item", factorCount),
            );
          assert.ok(
            Math.abs(loss * count - expected) < 1e-5 * Math.max(1, expected),
            `${loss * count} ${expected}`,
          );
        });
      }
    }
  }

  it("predicts the rating where all are equal", async () => {
    const { pool, kernels } = inlineKernels();
    const fit = await preparedFit(pool, kernels, cases["all ratings equal"], {
      parameters: parametersOf("explicit", 8),
    });
    await fit.epoch();
    const model = fit.model();
    assert.equal(model.globalMean, 3);
    assert.ok(biasedRowsOf(model, "user").flat().every((value) => Math.abs(value) < 1e-6));
  });

  it("is told when values leave the finite numbers", async () => {
    const { pool, kernels } = inlineKernels();
    const huge = plantedOf([[[0, 3e38], [1, 1]], [[0, 3e38]]], 2);
    for (const feedback of ["explicit", "implicit"] as const) {
      await assert.rejects(async () => {
        const fit = await preparedFit(pool, kernels, huge, { parameters: parametersOf(feedback, 4) });
        for (let epoch = 0; epoch < 3; epoch++) await fit.epoch();
        fit.model();
      }, NumericFailure);
    }
  });
});

describe("AlsFit.create", () => {
  const options = { userCount: 2, itemCount: 2, interactionCount: 2, seed: 1 };
  const create = (more: object, parameters: Partial<AlsParameters> = {}) => {
    const { pool, kernels } = inlineKernels(), top = kernels.arena.top;
    const attempt = () =>
      AlsFit.create(pool, kernels, {
        ...options,
        parameters: parametersOf("implicit", 8, parameters),
        ...more,
      });
    return {
      attempt,
      isUntouched: () => kernels.arena.top === top && kernels.memory.buffer.byteLength < 2 ** 20,
    };
  };

  it("refuses what cannot fit into 4 GiB before it allocates anything", () => {
    const { attempt, isUntouched } = create({ userCount: 1e6, itemCount: 1e5, interactionCount: 3e8 });
    assert.throws(
      attempt,
      (error: Error) =>
        error instanceof BadInput &&
        /^300000000 ratings.* 8 factors.* GiB .*limit 4\.0 GiB$/.test(error.message),
    );
    assert.ok(isUntouched());
  });

  for (
    const [parameters, word] of [[{ factorCount: 0 }, "0 factors"], [{ factorCount: 2000 }, "1 to 1024"], [{
      regularization: 0,
    }, "greater than 0"]] as const
  ) {
    it(`refuses ${JSON.stringify(parameters)}`, () => {
      assert.throws(
        create({}, parameters).attempt,
        (error: Error) => error instanceof BadInput && error.message.includes(word),
      );
    });
  }

  it("refuses data without interactions", () => {
    assert.throws(create({ interactionCount: 0 }).attempt, BadInput);
  });
});
