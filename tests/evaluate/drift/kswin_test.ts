import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { kolmogorovDistance, Kswin } from "../../../src/evaluate/drift/kswin.ts";
import { Random } from "../../../src/synthesize/random.ts";
import { alarmsOf, alarmsWithStop, normals } from "./streams.ts";

describe("kolmogorovDistance", () => {
  it("is the greatest distance of the distribution functions, looked up at every number", () => {
    const random = Random.seeded(1);
    for (let round = 0; round < 50; round++) {
      const a = Array.from({ length: 1 + random.below(20) }, () => random.below(8));
      const b = Array.from({ length: 1 + random.below(20) }, () => random.below(8) + round % 3);
      const share = (values: number[], limit: number) =>
        values.filter((x) => x <= limit).length / values.length;
      const expected = Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))));
      assert.ok(Math.abs(kolmogorovDistance(a, b) - expected) < 1e-15);
    }
  });

  it("is 0 for the same numbers and 1 for numbers apart", () => {
    assert.equal(kolmogorovDistance([1, 2, 3], [3, 1, 2]), 0);
    assert.equal(kolmogorovDistance([1, 2], [3, 4, 5]), 1);
  });
});

describe("Kswin", () => {
  it("finds a change of the mean, and of the spread alone", () => {
    for (let seed = 1; seed <= 5; seed++) {
      for (const after of [[400, 3, 1], [400, 0, 12]] as const) {
        // √(-ln 0.0001 / 100) = 0.30; the distance of the spreads comes close to 0.5.
        const options = { alpha: 1e-4, windowSize: 400, sampleSize: 100, seed };
        const alarms = alarmsOf(new Kswin(options), normals(seed, [[800, 0, 1], after]));
        const [first] = alarms;
        assert.ok(first >= 800 && first < 910, `seed ${seed}, ${after}: ${alarms}`);
      }
    }
  });

  it("is quiet before its window is full, and compares with √(-ln α / n)", () => {
    // 30 ones after 70 zeros: the distance is 1 only when all of the newest are ones, at the 100th number, and
    // grows by 1/30 with each one: with α = 0.005 it passes 0.4203 at 13 of 30, but the window is not full then.
    const values = [...new Array(70).fill(0), ...new Array(30).fill(1)];
    assert.deepEqual(alarmsOf(new Kswin(), values), [99]);
    // Full before the change: 13 ones among the newest 30 suffice, 12 (0.4) do not.
    assert.deepEqual(alarmsOf(new Kswin(), [...new Array(150).fill(0), ...new Array(13).fill(1)]), [162]);
  });

  it("keeps the newest after an alarm and waits until its window is full again", () => {
    const values = [...new Array(150).fill(0), ...new Array(200).fill(1)];
    // At 162 it keeps 17 zeros and 13 ones. The window is full 70 numbers later; the older part then still holds the zeros,
    // 17 of 70: too few to be 42 % of any sample, but by chance.
    assert.deepEqual(alarmsOf(new Kswin(), values).slice(0, 1), [162]);
    assert.ok(alarmsOf(new Kswin(), values).every((place) => place === 162 || place >= 232));
  });

  it("draws the same for the same seed, and goes on from a saved state", () => {
    const values = normals(4, [[300, 0, 1], [300, 0.8, 1], [300, 0, 1]]);
    const whole = alarmsOf(new Kswin({ alpha: 0.01 }), values);
    assert.ok(whole.length > 0);
    assert.deepEqual(alarmsOf(new Kswin({ alpha: 0.01 }), values), whole);
    assert.deepEqual(alarmsWithStop(() => new Kswin({ alpha: 0.01 }), values, 431), whole);
  });
});
