import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import {
  LinearKernel,
  type LinearOptions,
  type Loss,
  type Optimizer,
  OPTIMIZERS,
} from "../../src/kernels/online_linear.ts";
import { ScalerKernel } from "../../src/kernels/online_scaler.ts";
import { Random } from "../../src/synthesize/random.ts";
import { kernelModule } from "../online/make_model.ts";
import {
  PlainLinear,
  type PlainOptions,
  plainPassiveAggressive,
  PlainScaler,
} from "../reference/online_linear.ts";

const NAMES = ["a", "b", "c", "d"];
const OPTIONS: LinearOptions = {
  algorithm: "gradient",
  loss: "squared",
  lossParameter: 0,
  optimizer: "sgd",
  learningRate: 0.05,
  schedule: "constant",
  scheduleParameter: 0.5,
  rho: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  ftrlBeta: 1,
  ftrlL1: 0,
  ftrlL2: 1,
  l1: 0,
  l2: 0,
  clip: 1e12,
  interceptRate: 0.02,
  aggressiveness: 1,
  variant: 1,
};
const PLAIN: PlainOptions = { optimizer: "sgd", loss: "squared", rate: 0.05, interceptRate: 0.02 };

interface Row {
  readonly slots: Uint32Array;
  readonly values: Float64Array;
  readonly count: number;
  readonly named: Record<string, number>;
  readonly target: number;
}

/** Each feature is there three times of four; targets are counts, labels or real numbers. */
function rowsOf(count: number, seed: number, targetOf: (sum: number) => number): Row[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const present = NAMES.map((_, slot) => slot).filter(() => random.uniform() < 0.75);
    const values = Float64Array.from(present, () => random.normal());
    const named = Object.fromEntries(present.map((slot, k) => [NAMES[slot], values[k]]));
    const sum = present.reduce((total, slot, k) => total + (slot - 1) * values[k], 0.5 * random.normal());
    return {
      slots: Uint32Array.from(present),
      values,
      count: present.length,
      named,
      target: targetOf(sum),
    };
  });
}

function kernelOf(options: Partial<LinearOptions>, withScaler = false): LinearKernel {
  const kernels = instantiateKernels(kernelModule);
  const scaler = withScaler ? new ScalerKernel(kernels) : undefined;
  const kernel = new LinearKernel(kernels, { ...OPTIONS, ...options }, scaler);
  kernel.reserve(NAMES.length);
  return kernel;
}

function assertNear(actual: number, expected: number, what: string): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= 1e-11 * (1 + Math.abs(expected)), `${what}: ${actual}, expected ${expected}`);
}

/** Raw predictions before each learning, of both. */
function assertSame(
  kernel: LinearKernel,
  plain: PlainLinear,
  rows: readonly Row[],
  scaler?: PlainScaler,
): void {
  rows.forEach((row, r) => {
    assertNear(kernel.raw(row), plain.raw(scaler?.transform(row.named) ?? row.named), `row ${r}`);
    kernel.learn(row, row.target);
    scaler?.learn(row.named);
    plain.learn(scaler?.transform(row.named) ?? row.named, row.target);
  });
  assertNear(kernel.weights(NAMES.length).intercept, plain.intercept, "intercept");
}

describe("LinearKernel against the plain formulas", () => {
  const real = rowsOf(200, 1, (sum) => sum);
  for (const optimizer of OPTIMIZERS) {
    it(`steps as ${optimizer}, with features that come and go`, () => {
      const rho = optimizer === "adadelta" ? 0.95 : 0.9;
      assertSame(kernelOf({ optimizer, rho }), new PlainLinear({ ...PLAIN, optimizer, rho }), real);
      assertSame(kernelOf({ optimizer, l2: 0.3 }), new PlainLinear({ ...PLAIN, optimizer, l2: 0.3 }), real);
    });
  }

  it("takes what l1 allows and no more, whatever the optimizer", () => {
    for (const optimizer of ["sgd", "adagrad"] satisfies Optimizer[]) {
      assertSame(kernelOf({ optimizer, l1: 0.1 }), new PlainLinear({ ...PLAIN, optimizer, l1: 0.1 }), real);
    }
    const sparse = kernelOf({ optimizer: "ftrl", ftrlL1: 5 });
    assertSame(sparse, new PlainLinear({ ...PLAIN, optimizer: "ftrl", ftrlL1: 5 }), real);
  });

  const losses: [Loss, number, (sum: number) => number][] = [
    ["squared", 0, (sum) => sum],
    ["absolute", 0, (sum) => sum],
    ["huber", 0.7, (sum) => sum],
    ["quantile", 0.3, (sum) => sum],
    ["epsilon-insensitive", 0.4, (sum) => sum],
    ["poisson", 0, (sum) => Math.round(Math.abs(sum))],
    ["log", 0, (sum) => sum > 0 ? 1 : 0],
    ["hinge", 1, (sum) => sum > 0 ? 1 : 0],
  ];
  for (const [loss, lossParameter, targetOf] of losses) {
    it(`has the gradient of ${loss}`, () => {
      const plain = new PlainLinear({ ...PLAIN, loss, lossParameter });
      assertSame(kernelOf({ loss, lossParameter }), plain, rowsOf(200, 2, targetOf));
    });
  }

  it("bounds the log loss where e^z would overflow", () => {
    const row = { slots: Uint32Array.of(0), values: Float64Array.of(1000), count: 1 };
    const kernel = kernelOf({ loss: "log", learningRate: 1, interceptRate: 0 });
    const plain = new PlainLinear({ ...PLAIN, loss: "log", rate: 1, interceptRate: 0 });
    for (const target of [1, 0, 0, 1, 0]) {
      assertNear(kernel.raw(row), plain.raw({ a: 1000 }), "raw");
      kernel.learn(row, target);
      plain.learn({ a: 1000 }, target);
    }
  });

  it("clips gradients", () => {
    assertSame(kernelOf({ clip: 0.5 }), new PlainLinear({ ...PLAIN, clip: 0.5 }), real);
  });

  it("lowers the rate by schedules", () => {
    const inverse = new PlainLinear({ ...PLAIN, l1: 0.01, rateAt: (t) => 0.05 / (t + 1) ** 0.5 });
    assertSame(kernelOf({ schedule: "inverse-scaling", l1: 0.01 }), inverse, real);
    const optimal = new PlainLinear({ ...PLAIN, rateAt: (t) => 1 / (0.05 * (100 + t)) });
    assertSame(kernelOf({ schedule: "optimal", scheduleParameter: 100 }), optimal, real);
  });

  it("does the scaler's work", () => {
    assertSame(
      kernelOf({ optimizer: "adam" }, true),
      new PlainLinear({ ...PLAIN, optimizer: "adam" }),
      real,
      new PlainScaler(),
    );
  });

  for (const variant of [1, 2] as const) {
    it(`steps as PA-${variant} on numbers and on two classes`, () => {
      for (const epsilon of [0.1, undefined]) {
        const loss = epsilon === undefined ? "hinge" : "epsilon-insensitive";
        const parameter = epsilon ?? 1;
        const kernel = kernelOf({
          algorithm: "passive-aggressive",
          loss,
          lossParameter: parameter,
          variant,
          aggressiveness: 0.5,
        });
        let plain = { weights: [0, 0, 0, 0], intercept: 0 };
        for (const row of rowsOf(100, 3, (sum) => epsilon === undefined ? (sum > 0 ? 1 : 0) : sum)) {
          if (row.count === 0) continue;
          const x = NAMES.map((name) => row.named[name] ?? 0);
          kernel.learn(row, row.target);
          plain = plainPassiveAggressive(plain.weights, plain.intercept, x, row.target, {
            c: 0.5,
            variant,
            epsilon,
          });
          const learnt = kernel.weights(NAMES.length);
          assertNear(learnt.intercept, plain.intercept, "intercept");
          plain.weights.forEach((w, i) => assertNear(learnt.weights[i], w, NAMES[i]));
        }
      }
    });
  }
});

describe("LinearKernel", () => {
  it("learns a block of rows as it learns them one by one, bit by bit", () => {
    const random = Random.seeded(5);
    const count = 5000, slots = Uint32Array.of(2, 0, 3);
    const rows = Float64Array.from({ length: 3 * count }, () => random.normal());
    const targets = Float64Array.from({ length: count }, (_, r) => rows[3 * r] - rows[3 * r + 2]);
    const byBlock = kernelOf({ optimizer: "adam" }, true), byRow = kernelOf({ optimizer: "adam" }, true);
    const predictions = new Float64Array(count);
    byBlock.progressive({ slots, count, rows, targets }, predictions);
    for (let r = 0; r < count; r++) {
      const x = { slots, values: rows.subarray(3 * r, 3 * r + 3), count: 3 };
      assert.equal(predictions[r], byRow.predict(x));
      byRow.learn(x, targets[r]);
    }
    assert.deepEqual(byBlock.save(4), byRow.save(4));
  });

  const dense: [string, Partial<LinearOptions>][] = [
    ["plain", {}],
    ["l2", { l2: 0.3 }],
    ["a schedule and another loss", { schedule: "inverse-scaling", loss: "huber", lossParameter: 0.5 }],
    ["clipped", { clip: 0.3, loss: "log" }],
  ];
  for (const [name, options] of dense) {
    it(`does so also where slots follow each other, which has a way of its own: ${name}`, () => {
      for (const columns of [1, 2, 3, 6]) {
        const random = Random.seeded(columns), count = 300;
        const slots = Uint32Array.from({ length: columns }, (_, k) => k + 1);
        // The first column is constant for a while: its variance is 0.
        const rows = Float64Array.from({ length: columns * count }, (_, at) => {
          return at % columns === 0 && at < 20 * columns ? 4 : 5 * random.normal();
        });
        const targets = Float64Array.from({ length: count }, () => random.uniform() < 0.4 ? 1 : 0);
        const byBlock = kernelOf(options, true), byRow = kernelOf(options, true);
        for (const kernel of [byBlock, byRow]) kernel.reserve(9);
        const predictions = new Float64Array(count);
        byBlock.progressive({ slots, count, rows, targets }, predictions);
        for (let r = 0; r < count; r++) {
          const x = { slots, values: rows.subarray(columns * r, columns * (r + 1)), count: columns };
          assert.equal(predictions[r], byRow.predict(x), `${columns} columns, row ${r}`);
          byRow.learn(x, targets[r]);
        }
        assert.deepEqual(byBlock.save(9), byRow.save(9));
      }
    });
  }

  it("goes on from a saved state bit by bit, also with more slots than before", () => {
    const rows = rowsOf(100, 6, (sum) => sum);
    const whole = kernelOf({ optimizer: "amsgrad", l1: 0.01 }),
      first = kernelOf({ optimizer: "amsgrad", l1: 0.01 });
    const second = kernelOf({ optimizer: "amsgrad", l1: 0.01 });
    for (const row of rows) whole.learn(row, row.target);
    for (const row of rows.slice(0, 50)) first.learn(row, row.target);
    second.load(first.save(4));
    second.reserve(1000);
    for (const row of rows.slice(50)) second.learn(row, row.target);
    assert.deepEqual(second.save(4), whole.save(4));
  });

  it("predicts counts and probabilities by the mean function", () => {
    const x = { slots: Uint32Array.of(0), values: Float64Array.of(1), count: 1 };
    const poisson = kernelOf({ loss: "poisson", interceptRate: 0.1 });
    assert.equal(poisson.predict(x), 1);
    poisson.learn(x, 3); // gradient 1 - 3: intercept 0.2, weight 0.1
    assertNear(poisson.predict(x), Math.exp(0.3), "e^raw");
    const log = kernelOf({ loss: "log", interceptRate: 0.1 });
    assert.equal(log.predict(x), 0.5);
    log.learn(x, 1); // gradient -1/2: intercept 0.05, weight 0.025
    assertNear(log.predict(x), 1 / (1 + Math.exp(-0.075)), "probability");
  });
});
