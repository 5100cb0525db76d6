import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Random, splitMix64 } from "../../src/synthesize/random.ts";

const many = (count: number, draw: () => number) => Float64Array.from({ length: count }, draw);
const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
const variance = (values: Float64Array) => {
  const centre = mean(values);
  return values.reduce((sum, x) => sum + (x - centre) ** 2, 0) / values.length;
};

describe("Random", () => {
  it("gives the published outputs of xoshiro128** from the state 1, 2, 3, 4", () => {
    const random = new Random([1, 2, 3, 4]);
    const expected = [
      11520,
      0,
      5927040,
      70819200,
      2031721883,
      1637235492,
      1287239034,
      3734860849,
      3729100597,
      4258142804,
    ];
    assert.deepEqual(Array.from(expected, () => random.nextUint32()), expected);
  });

  it("fills its state from the published outputs of SplitMix64", () => {
    assert.deepEqual(splitMix64(1234567n, 5), [
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ]);
  });

  it("gives the same sequence for the same seed, others for another seed or stream", () => {
    const first = (seed: number, stream?: number) => {
      const random = Random.seeded(seed, stream);
      return Array.from({ length: 4 }, () => random.nextUint32()).join();
    };
    assert.equal(first(7), first(7, 0));
    const all = [first(7), first(8), first(-7), first(7, 1), first(7, 2), first(0), first(8, 1)];
    assert.equal(new Set(all).size, all.length);
  });

  it("refuses a state of zeros and a seed that is no integer", () => {
    assert.throws(() => new Random([0, 0, 0, 0]), /four zeros/);
    assert.throws(() => Random.seeded(0.5), /seed 0\.5/);
    assert.throws(() => Random.seeded(1, NaN), /stream NaN/);
  });

  it("draws uniform numbers that fill [0, 1) evenly", () => {
    const random = Random.seeded(1);
    const tenths = new Uint32Array(10);
    for (let i = 0; i < 100_000; i++) tenths[Math.floor(10 * random.uniform())]++;
    // Chi-squared with 9 degrees of freedom exceeds 27.9 once in a thousand seeds.
    const chiSquared = tenths.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    assert.ok(chiSquared < 27.9, `chi-squared ${chiSquared}`);
    const sixes = Array.from({ length: 600 }, () => random.below(6));
    assert.deepEqual([...new Set(sixes)].sort(), [0, 1, 2, 3, 4, 5]);
  });

  it("draws normal numbers with mean 0, variance 1 and the normal share beyond 1.96", () => {
    const random = Random.seeded(2);
    const values = many(200_000, () => random.normal());
    assert.ok(Math.abs(mean(values)) < 0.01);
    assert.ok(Math.abs(variance(values) - 1) < 0.015);
    const beyond = values.filter((x) => Math.abs(x) > 1.96).length / values.length;
    assert.ok(Math.abs(beyond - 0.05) < 0.002, `${beyond}`);
  });

  it("draws Poisson numbers whose mean and variance are the mean asked for, small and large", () => {
    const random = Random.seeded(3);
    for (const expected of [0.3, 4, 40]) {
      const values = many(50_000, () => random.poisson(expected));
      const error = 4 * Math.sqrt(expected / values.length);
      assert.ok(Math.abs(mean(values) - expected) < error, `mean ${mean(values)} for ${expected}`);
      assert.ok(Math.abs(variance(values) / expected - 1) < 0.06, `variance for ${expected}`);
    }
    assert.equal(random.poisson(0), 0);
  });

  it("gives each place of a stream draws of its own, the same whenever they are asked for", () => {
    const draws = (seed: number, position: number, stream = 0) => {
      const random = Random.at(seed, position, stream);
      return [random.nextUint32(), random.nextUint32(), random.nextUint32()];
    };
    assert.deepEqual(draws(3, 10), draws(3, 10));
    const places = [
      draws(3, 10),
      draws(3, 11),
      draws(4, 10),
      draws(3, 10, 1),
      draws(3, 10 + 2 ** 32),
      draws(3 + 2 ** 32, 10),
      draws(-3, 10),
    ];
    assert.equal(new Set(places.flat()).size, 3 * places.length);
  });

  it("is uniform from place to place, without a trend from one to the next", () => {
    const count = 20_000, first = Array.from({ length: count }, (_, at) => Random.at(1, at).uniform());
    const mean = first.reduce((sum, x) => sum + x) / count;
    const covariance = first.slice(1).reduce((sum, x, i) => sum + (x - mean) * (first[i] - mean), 0) / count;
    const variance = first.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
    assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(1 / 12 / count));
    assert.ok(Math.abs(variance - 1 / 12) < 0.002);
    assert.ok(Math.abs(covariance / variance) < 4 / Math.sqrt(count));
  });
});
