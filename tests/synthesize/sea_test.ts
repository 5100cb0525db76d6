import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { seaFunction } from "../../src/synthesize/sea.ts";
import { numbersOf, observed } from "./observed.ts";

describe("seaFunction", () => {
  [8, 9, 7, 9.5].forEach((threshold) =>
    it(`has a concept with the threshold ${threshold}`, () => {
      const all = observed(seaFunction({ noise: 0 }), `sum above ${threshold}`, 2000);
      for (const one of all) {
        const [x0, x1, x2] = numbersOf(one);
        assert.equal(one.target, x0 + x1 > threshold);
        assert.ok(x0 >= 0 && x0 < 10 && x2 >= 0 && x2 < 10);
      }
      // P(x0 + x1 > t) = 1 - t²/200 for t up to 10.
      const share = all.filter(({ target }) => target).length / all.length;
      assert.ok(Math.abs(share - (1 - threshold ** 2 / 200)) < 0.05);
    })
  );

  it("turns the share of labels round that was asked for", () => {
    const all = observed(seaFunction({ noise: 0.2 }), "sum above 8", 10_000);
    const wrong = all.filter((one) => {
      const [x0, x1] = numbersOf(one);
      return one.target !== (x0 + x1 > 8);
    });
    assert.ok(Math.abs(wrong.length / all.length - 0.2) < 0.02);
  });
});
