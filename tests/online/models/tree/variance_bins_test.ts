import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { encodeState } from "../../../../src/domain/state_tree.ts";
import { roundedUnits, VarianceBins } from "../../../../src/online/models/tree/variance_bins.ts";
import { Random } from "../../../../src/synthesize/random.ts";

type Pair = readonly [value: number, target: number];

function momentsOf(targets: readonly number[]) {
  const mean = targets.reduce((sum, y) => sum + y, 0) / targets.length;
  return { count: targets.length, mean, squares: targets.reduce((sum, y) => sum + (y - mean) ** 2, 0) };
}

function varianceOf(targets: readonly number[]): number {
  return targets.length < 2 ? 0 : momentsOf(targets).squares / (targets.length - 1);
}

/** What a threshold is worth, from the list. */
function meritOf(pairs: readonly Pair[], threshold: number): number {
  const sides = [pairs.filter(([x]) => x <= threshold), pairs.filter(([x]) => x > threshold)];
  const targets = (side: readonly Pair[]) => side.map(([, y]) => y);
  return sides.reduce(
    (merit, side) => merit - side.length / pairs.length * varianceOf(targets(side)),
    varianceOf(targets(pairs)),
  );
}

function pairsOf(count: number, seed: number, spread: number): Pair[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const x = Math.round(10 * spread * random.normal()) / 10;
    return [x, (x > 0.3 * spread ? 4 : 0) + random.normal()];
  });
}

describe("VarianceBins", () => {
  it("finds the best of all thresholds", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const pairs = pairsOf(300, seed, 2), bins = new VarianceBins({ digits: 1, maxBins: 1000 });
      for (const [x, y] of pairs) bins.add(x, y);
      const best = bins.best(momentsOf(pairs.map(([, y]) => y)), 1)!;
      const merits = [...new Set(pairs.map(([x]) => x))].map((x) => meritOf(pairs, x));
      assert.ok(Math.abs(best.merit - Math.max(...merits)) < 1e-10);
      assert.ok(Math.abs(meritOf(pairs, best.threshold) - best.merit) < 1e-10);
      assert.equal(best.below.count, pairs.filter(([x]) => x <= best.threshold).length);
    }
  });

  it("with too few bins becomes coarser, and still counts all up to its thresholds", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const pairs = pairsOf(2000, seed, 50), bins = new VarianceBins({ digits: 1, maxBins: 16 });
      for (const [x, y] of pairs) {
        bins.add(x, y);
        assert.ok(bins.binCount <= 16);
      }
      const best = bins.best(momentsOf(pairs.map(([, y]) => y)), 1)!;
      const below = pairs.filter(([x]) => x <= best.threshold);
      assert.equal(best.below.count, below.length);
      assert.ok(Math.abs(best.merit - meritOf(pairs, best.threshold)) < 1e-9);
      // The step is at 15: a grid of 0.1 · 2^k with at most 16 occupied bins over about ±170 is 25.6 or 51.2 wide.
      assert.ok(Math.abs(best.threshold - 15) <= 51.2, `${best.threshold}`);
      assert.ok(bins.binCount >= 6);
    }
  });

  it("takes any magnitude", () => {
    const bins = new VarianceBins({ digits: 6, maxBins: 8 });
    for (let k = -150; k <= 150; k++) for (const sign of [-1, 1]) bins.add(sign * 10 ** k, k);
    assert.ok(bins.binCount <= 8);
    assert.ok(Number.isFinite(bins.best(momentsOf([1, 2, 3]), 1)!.threshold));
  });

  it("gives no merit to a side with too few", () => {
    const bins = new VarianceBins({ digits: 0, maxBins: 8 });
    const pairs: Pair[] = [[1, 0], [2, 0], [3, 9]];
    for (const [x, y] of pairs) bins.add(x, y);
    assert.equal(bins.best(momentsOf([0, 0, 9]), 2)!.merit, 0);
    assert.equal(bins.best(momentsOf([0, 0, 9]), 1)!.threshold, 2);
    assert.equal(new VarianceBins({ digits: 0, maxBins: 8 }).best(momentsOf([1]), 1), undefined);
  });

  it("goes on from a saved state", () => {
    const pairs = pairsOf(500, 9, 20), options = { digits: 1, maxBins: 20 };
    const whole = new VarianceBins(options),
      first = new VarianceBins(options),
      second = new VarianceBins(options);
    for (const [x, y] of pairs) whole.add(x, y);
    for (const [x, y] of pairs.slice(0, 200)) first.add(x, y);
    second.load(first.save());
    for (const [x, y] of pairs.slice(200)) second.add(x, y);
    assert.deepEqual(encodeState(second.save()), encodeState(whole.save()));
  });
});

describe("roundedUnits", () => {
  it("rounds as Python's round does: by the exact value, ties to even", () => {
    // [value, digits, round(value, digits)] in Python 3.11.
    const table = [
      [0.25, 1, 0.2],
      [0.75, 1, 0.8],
      [0.35, 1, 0.3],
      [0.45, 1, 0.5],
      [-0.25, 1, -0.2],
      [-0.35, 1, -0.3],
      [2.5, 0, 2],
      [3.5, 0, 4],
      [-2.5, 0, -2],
      [1.005, 2, 1.0],
      [2.675, 2, 2.67],
      [0.125, 2, 0.12],
      [12.349, 1, 12.3],
      [1e20, 1, 1e20],
    ];
    for (const [value, digits, expected] of table) {
      const units = roundedUnits(value, 10 ** digits, digits);
      assert.equal(units / 10 ** digits, expected, `${value} to ${digits}`);
    }
  });
});
