import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { fillNormal } from "../../src/online/seeded_values.ts";

function valuesOf(seed: number, name: string, count: number, deviation = 1): number[] {
  const out = new Float64Array(count);
  fillNormal(seed, name, deviation, out);
  return [...out];
}

describe("fillNormal", () => {
  it("gives the same to the same seed and name, whatever was drawn between", () => {
    const first = valuesOf(1, "user:7", 10);
    valuesOf(1, "user:8", 10);
    assert.deepEqual(valuesOf(1, "user:7", 10), first);
    assert.deepEqual(valuesOf(1, "user:7", 7), first.slice(0, 7));
  });

  it("differs by seed and by name", () => {
    const all = [valuesOf(1, "a", 4), valuesOf(2, "a", 4), valuesOf(1, "b", 4)].map(String);
    assert.equal(new Set(all).size, 3);
  });

  it("is normal: mean, variance, and the shares within one and two deviations", () => {
    // 40,000 numbers: the bounds are more than four standard errors wide.
    const values = Array.from({ length: 4000 }, (_, i) => valuesOf(9, `item:${i}`, 10, 2)).flat();
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    const within = (limit: number) => values.filter((x) => Math.abs(x) < limit).length / values.length;
    assert.ok(Math.abs(mean) < 0.045, `mean ${mean}`);
    assert.ok(Math.abs(variance - 4) < 0.13, `variance ${variance}`);
    assert.ok(Math.abs(within(2) - 0.6827) < 0.01, `within one ${within(2)}`);
    assert.ok(Math.abs(within(4) - 0.9545) < 0.005, `within two ${within(4)}`);
  });
});
