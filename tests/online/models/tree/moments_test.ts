import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  type Moments,
  NO_MOMENTS,
  together,
  varianceOf,
  without,
} from "../../../../src/online/models/tree/moments.ts";
import { Random } from "../../../../src/synthesize/random.ts";

function momentsOf(values: readonly number[]): Moments {
  const mean = values.length === 0 ? 0 : values.reduce((sum, x) => sum + x, 0) / values.length;
  return { count: values.length, mean, squares: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) };
}

function assertSame(actual: Moments, expected: Moments): void {
  assert.equal(actual.count, expected.count);
  assert.ok(Math.abs(actual.mean - expected.mean) < 1e-12 * (1 + Math.abs(expected.mean)));
  assert.ok(Math.abs(actual.squares - expected.squares) < 1e-10 * (1 + expected.squares));
}

describe("moments", () => {
  it("of two parts are those of the whole, and back", () => {
    const random = Random.seeded(1);
    for (const [n, m] of [[1, 1], [10, 3], [2, 50], [0, 4], [4, 0]]) {
      const a = Array.from({ length: n }, () => 1000 + random.normal());
      const b = Array.from({ length: m }, () => 1003 + 2 * random.normal());
      assertSame(together(momentsOf(a), momentsOf(b)), momentsOf([...a, ...b]));
      assertSame(without(momentsOf([...a, ...b]), momentsOf(b)), momentsOf(a));
    }
    assert.deepEqual(together(NO_MOMENTS, NO_MOMENTS), NO_MOMENTS);
    assert.deepEqual(without(momentsOf([3]), momentsOf([3])), NO_MOMENTS);
  });

  it("give the variance of a sample", () => {
    assert.equal(varianceOf(momentsOf([1, 2, 6])), 7);
    assert.equal(varianceOf(momentsOf([5])), 0);
    assert.equal(varianceOf(NO_MOMENTS), 0);
  });
});
