import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BestTwo, hoeffdingBound } from "../../../../src/online/models/tree/hoeffding.ts";

describe("hoeffdingBound", () => {
  it("has the values of the formula", () => {
    // √(ln 10⁷ / 400) and √(ln 10⁷ · log₂²3 / 400), reckoned in Python.
    assert.ok(Math.abs(hoeffdingBound(1, 1e-7, 200) - 0.20073674085078647) < 1e-15);
    assert.ok(Math.abs(hoeffdingBound(Math.log2(3), 1e-7, 200) - 0.3181602067654771) < 1e-15);
    assert.equal(hoeffdingBound(1, 1, 10), 0);
  });
});

describe("BestTwo", () => {
  const offered = (merits: readonly (number | undefined)[]) => {
    const two = new BestTwo<{ merit: number; threshold: number }>();
    merits.forEach((merit, slot) =>
      two.offer(slot, merit === undefined ? undefined : { merit, threshold: 0 })
    );
    return [two.best?.merit, two.slot, two.secondMerit];
  };

  it("keeps the best and how good the second is, in any order", () => {
    assert.deepEqual(offered([1, 5, 3]), [5, 1, 3]);
    assert.deepEqual(offered([5, 1, 3]), [5, 0, 3]);
    assert.deepEqual(offered([1, 3, 5]), [5, 2, 3]);
  });

  it("takes the later of equal ones, and knows none from nothing", () => {
    assert.deepEqual(offered([2, 2]), [2, 1, 2]);
    assert.deepEqual(offered([undefined, 2]), [2, 1, -Infinity]);
    assert.deepEqual(offered([undefined]), [undefined, -1, -Infinity]);
  });
});
