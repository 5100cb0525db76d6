import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { FRIEDMAN_CONCEPTS, friedmanFunction } from "../../src/synthesize/friedman.ts";
import { meanOf, numbersOf, observed } from "./observed.ts";

const { sin, cos, exp, PI } = Math;

/** The surfaces again, written from the definitions with all ten features at hand. */
const EXPECTED: Readonly<Record<string, (x: readonly number[]) => number>> = {
  "friedman": ([a, b, c, d, e]) => 10 * sin(PI * a * b) + 20 * (c - 0.5) * (c - 0.5) + 10 * d + 5 * e,
  "swapped": ([a, b, c, d, _, f]) => 10 * sin(PI * d * f) + 20 * (b - 0.5) * (b - 0.5) + 10 * a + 5 * c,
  "turned": ([a, b, c, d, e]) => 10 * sin(PI * d * e) + 20 * (b - 0.5) * (b - 0.5) + 10 * a + 5 * c,
  "turned again": ([a, b, c, d, e]) => 10 * sin(PI * b * e) + 20 * (d - 0.5) * (d - 0.5) + 10 * c + 5 * a,
  "small corners": (x) => cornered(x, x[3] > 0.7 && x[4] < 0.3, x[3] < 0.3 && x[4] > 0.7),
  "larger corners": (x) => cornered(x, x[3] > 0.7, x[3] < 0.3),
  "large corners": (x) => cornered(x, true, true),
};

function cornered(x: readonly number[], low: boolean, high: boolean): number {
  const [a, b, c, d, e] = x;
  if (low && b < 0.3 && c < 0.3) return 10 * a * b + 20 * (c - 0.5) + 10 * d + 5 * e;
  if (high && b > 0.7 && c > 0.7) return 10 * cos(a * b) + 20 * (c - 0.5) + exp(d) + 5 * e * e;
  return EXPECTED.friedman(x);
}

describe("friedmanFunction", () => {
  for (const concept of FRIEDMAN_CONCEPTS) {
    it(`gives the targets of "${concept}"`, () => {
      for (const one of observed(friedmanFunction({ noise: 0 }), concept, 3000)) {
        const x = numbersOf(one);
        assert.equal(x.length, 10);
        assert.ok(Math.abs((one.target as number) - EXPECTED[concept](x)) < 1e-12);
      }
    });
  }

  it("gives the target of a case calculated by hand", () => {
    // River 0.26.1's documented example: x of its second row, rounded, and what it gives without noise.
    const x = [0.02, 0.19, 0.64, 0.54, 0.22];
    assert.ok(Math.abs(EXPECTED.friedman(x) - (10 * 0.011938 + 20 * 0.0196 + 5.4 + 1.1)) < 1e-4);
  });

  it("has corners of .8, 2.7 and 9 % of the space each", () => {
    const shares = ["small corners", "larger corners", "large corners"].map((concept) => {
      const all = observed(friedmanFunction({ noise: 0 }), concept, 20_000);
      return all.filter((one) => Math.abs((one.target as number) - EXPECTED.friedman(numbersOf(one))) > 1e-9)
        .length / all.length;
    });
    [2 * 0.3 ** 4, 2 * 0.3 ** 3, 2 * 0.3 ** 2].forEach((share, i) =>
      assert.ok(Math.abs(shares[i] - share) < 4 * Math.sqrt(share / 20_000), `${shares[i]} of ${share}`)
    );
  });

  it("adds noise of the deviation asked for, and draws features from all of [0, 1)", () => {
    const all = observed(friedmanFunction({ noise: 3 }), "friedman", 20_000);
    const noise = all.map((one) => (one.target as number) - EXPECTED.friedman(numbersOf(one)));
    assert.ok(Math.abs(meanOf(noise)) < 0.1);
    assert.ok(Math.abs(Math.sqrt(meanOf(noise.map((e) => e * e))) - 3) < 0.1);
    for (let i = 0; i < 10; i++) {
      const values = all.map((one) => numbersOf(one)[i]);
      assert.ok(Math.min(...values) >= 0 && Math.max(...values) < 1);
      assert.ok(Math.abs(meanOf(values) - 0.5) < 0.01 && Math.max(...values) > 0.99);
    }
  });
});
