import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { FactorizationKernel, NO_ROW } from "../../src/kernels/online_factorization.ts";
import { Random } from "../../src/synthesize/random.ts";
import { kernelModule } from "../online/make_model.ts";

const OPTIONS = {
  hasBiases: true,
  factorCount: 3,
  biasRate: 0.1,
  factorRate: 0.05,
  biasL2: 0.2,
  factorL2: 0.3,
  clip: 1e12,
};

function kernelOf(options = {}): FactorizationKernel {
  return new FactorizationKernel(instantiateKernels(kernelModule), { ...OPTIONS, ...options });
}

/** MATHS.md 3, "Recommenders", in plain arithmetic. */
class Plain {
  mean = 0;
  count = 0;
  readonly users: number[][] = [];
  readonly items: number[][] = [];

  constructor(readonly options: typeof OPTIONS) {}

  predict(u: number, i: number): number {
    const [bu, ...x] = this.users[u], [bi, ...y] = this.items[i];
    const dot = x.reduce((sum, value, f) => sum + value * y[f], 0);
    return this.options.hasBiases ? this.mean + bu + bi + dot : dot;
  }

  learn(u: number, i: number, value: number): void {
    const { biasRate, factorRate, biasL2, factorL2, clip } = this.options;
    if (this.options.hasBiases) this.mean += (value - this.mean) / ++this.count;
    const g = Math.max(-clip, Math.min(clip, 2 * (this.predict(u, i) - value)));
    const step = (own: number[], other: number[]) =>
      own.map((w, f) =>
        f === 0 ? w - biasRate * (g + biasL2 * w) : w - factorRate * (g * other[f] + factorL2 * w)
      );
    [this.users[u], this.items[i]] = [
      step(this.users[u], this.items[i]),
      step(this.items[i], this.users[u]),
    ];
  }
}

describe("FactorizationKernel", () => {
  for (const options of [{}, { hasBiases: false }, { factorCount: 4, clip: 1 }, { factorCount: 0 }]) {
    it(`follows the plain formulas: ${JSON.stringify(options)}`, () => {
      const all = { ...OPTIONS, ...options }, random = Random.seeded(3);
      const kernel = kernelOf(options), plain = new Plain(all);
      const factors = () => Array.from({ length: all.factorCount }, () => 0.3 * random.normal());
      for (let row = 0; row < 5; row++) {
        const [user, item] = [factors(), factors()];
        kernel.addRow("user", user), plain.users.push([0, ...user]);
        kernel.addRow("item", item), plain.items.push([0, ...item]);
      }
      for (let event = 0; event < 200; event++) {
        const u = random.below(5), i = random.below(5), value = 1 + random.below(5);
        const expected = plain.predict(u, i);
        assert.ok(Math.abs(kernel.predict(u, i) - expected) < 1e-10, `event ${event}`);
        kernel.learn(u, i, value);
        plain.learn(u, i, value);
      }
    });
  }

  it("predicts the mean and what is known of one side when the other is unknown", () => {
    const kernel = kernelOf({ biasL2: 0 });
    kernel.addRow("user", [1, 1, 1]), kernel.addRow("item", [0, 0, 0]);
    assert.equal(kernel.predict(NO_ROW, NO_ROW), 0);
    // Mean 4 after it: gradient 0, so the biases stay 0.
    kernel.learn(0, 0, 4);
    assert.equal(kernel.predict(NO_ROW, NO_ROW), 4);
    // Mean 3 first, gradient 2 (3 - 2): both biases move by -0.1 · 2.
    kernel.learn(0, 0, 2);
    assert.equal(kernel.predict(0, NO_ROW), 3 - 0.2);
    assert.equal(kernel.predict(NO_ROW, 0), 3 - 0.2);
  });

  it("learns a block as event by event, rows unknown until their first event", () => {
    const random = Random.seeded(4), count = 20_000, rows = 300;
    const users = Uint32Array.from({ length: count }, () => random.below(rows));
    const items = Uint32Array.from({ length: count }, () => random.below(rows));
    const values = Float64Array.from({ length: count }, () => 1 + random.below(5));
    const byBlock = kernelOf(), byEvent = kernelOf();
    for (let row = 0; row < rows; row++) {
      const factors = [random.normal(), random.normal(), random.normal()];
      for (const kernel of [byBlock, byEvent]) kernel.addRow("user", factors), kernel.addRow("item", factors);
    }
    const predictions = new Float64Array(count), seenUsers = new Set<number>(), seenItems = new Set<number>();
    byBlock.progressive({ count, users, items, values }, 0, 0, predictions);
    for (let k = 0; k < count; k++) {
      const u = seenUsers.has(users[k]) ? users[k] : NO_ROW, i = seenItems.has(items[k]) ? items[k] : NO_ROW;
      assert.equal(predictions[k], byEvent.predict(u, i), `event ${k}`);
      byEvent.learn(users[k], items[k], values[k]);
      seenUsers.add(users[k]), seenItems.add(items[k]);
    }
    assert.deepEqual(byBlock.save(), byEvent.save());
  });

  it("goes on from a saved state bit by bit", () => {
    const first = kernelOf(), second = kernelOf();
    first.addRow("user", [1, 2, 3]), first.addRow("item", [-1, 0, 1]);
    first.learn(0, 0, 3);
    second.load(first.save());
    for (const kernel of [first, second]) kernel.learn(0, 0, 5), kernel.addRow("user", [0, 0, 1]);
    assert.deepEqual(second.save(), first.save());
    assert.equal(second.rowCount("user"), 2);
  });
});
