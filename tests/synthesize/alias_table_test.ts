import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { AliasTable, zipfWeights } from "../../src/synthesize/alias_table.ts";
import { Random } from "../../src/synthesize/random.ts";

/** Chi-squared of `draws` draws against the weights; the expected counts must not be tiny. */
function chiSquared(weights: readonly number[], draws: number, seed: number): number {
  const table = new AliasTable(weights), random = Random.seeded(seed);
  const counts = new Uint32Array(weights.length);
  for (let i = 0; i < draws; i++) counts[table.draw(random)]++;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight, i) => {
    const expected = (draws * weight) / total;
    if (expected === 0) assert.equal(counts[i], 0);
    return expected === 0 ? sum : sum + (counts[i] - expected) ** 2 / expected;
  }, 0);
}

describe("AliasTable", () => {
  it("draws each index in proportion to its weight", () => {
    // Limits: the 99.9 % quantiles of chi-squared with 4 and 3 degrees of freedom.
    assert.ok(chiSquared([1, 2, 3, 4, 10], 100_000, 1) < 18.5);
    assert.ok(chiSquared([0.001, 0, 0.002, 0.0005, 0.0065], 100_000, 2) < 16.3);
    assert.equal(chiSquared([5], 100, 3), 0);
  });

  it("draws Zipf weights", () => {
    assert.deepEqual([...zipfWeights(4, 1)], [1, 1 / 2, 1 / 3, 1 / 4]);
    assert.deepEqual([...zipfWeights(2, 2, 1)], [1 / 4, 1 / 9]);
    assert.ok(chiSquared([...zipfWeights(30, 1.1)], 200_000, 4) < 58.3);
  });

  it("refuses weights that are no distribution", () => {
    assert.throws(() => new AliasTable([1, -1]), /weight -1 at 1/);
    assert.throws(() => new AliasTable([NaN]), /weight NaN at 0/);
    assert.throws(() => new AliasTable([0, 0]), /sum of weights of 0/);
    assert.throws(() => new AliasTable([]), /sum of weights of 0/);
    assert.throws(() => new AliasTable([Infinity]), /sum of weights of Infinity/);
  });
});
