import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { planesFunction } from "../../src/synthesize/planes.ts";
import { meanOf, numbersOf, observed } from "./observed.ts";

/** Weights of x1 = 1 and of x1 = -1 as vectors over 1, x2 ... x7. */
const PLANES: Readonly<Record<string, readonly number[]>> = {
  "1": [3, 3, 2, 1, 0, 0, 0],
  "-1": [-3, 0, 0, 0, 3, 2, 1],
};

function expected(x: readonly number[], side: number): number {
  return [1, ...x.slice(1, 7)].reduce((sum, value, i) => sum + value * PLANES[side][i], 0);
}

describe("planesFunction", () => {
  it("takes the plane that x1 says, or the other one", () => {
    for (const [concept, sign] of [["planes", 1], ["sides exchanged", -1]] as const) {
      for (const one of observed(planesFunction({ noise: 0 }), concept, 1000)) {
        const x = numbersOf(one);
        assert.equal(one.target, expected(x, sign * x[0]));
      }
    }
  });

  it("has features of the values and shares of the definition, and the noise asked for", () => {
    const all = observed(planesFunction({ noise: 2 }), "planes", 12_000), rows = all.map(numbersOf);
    for (let i = 0; i < 10; i++) {
      const values = i === 0 ? [-1, 1] : [-1, 0, 1];
      for (const value of values) {
        const share = rows.filter((x) => x[i] === value).length / rows.length;
        assert.ok(Math.abs(share - 1 / values.length) < 0.02);
      }
    }
    const noise = all.map((one, k) => (one.target as number) - expected(rows[k], rows[k][0]));
    assert.ok(Math.abs(Math.sqrt(meanOf(noise.map((e) => e * e))) - 2) < 0.1);
  });
});
