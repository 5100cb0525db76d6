import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { sineFunction } from "../../src/synthesize/sine.ts";
import { numbersOf, observed } from "./observed.ts";

describe("sineFunction", () => {
  it("labels what lies below the curve, and above it where reversed", () => {
    const curves: [string, (x: number) => number][] = [
      ["sine1", (x) => Math.sin(x)],
      ["sine2", (x) => 0.5 + 0.3 * Math.sin(9.42477796076938 * x)],
    ];
    for (const [concept, curve] of curves) {
      for (const isReversed of [false, true]) {
        const name = isReversed ? `${concept} reversed` : concept;
        for (const one of observed(sineFunction({ hasIrrelevant: false }), name, 2000)) {
          const [x0, x1] = numbersOf(one);
          assert.equal(one.target, (curve(x1) > x0) !== isReversed);
        }
      }
    }
  });

  it("has about 1 - cos(1) of the points below the sine", () => {
    const all = observed(sineFunction({ hasIrrelevant: false }), "sine1", 20_000);
    const share = all.filter(({ target }) => target).length / all.length;
    assert.ok(Math.abs(share - (1 - Math.cos(1))) < 0.015);
  });

  it("adds two features that say nothing, without touching the others", () => {
    const plain = observed(sineFunction({ hasIrrelevant: false }), "sine1", 50);
    const more = observed(sineFunction({ hasIrrelevant: true }), "sine1", 50);
    assert.deepEqual(Object.keys(more[0].features), ["x0", "x1", "x2", "x3"]);
    assert.deepEqual(more.map((one) => numbersOf(one).slice(0, 2)), plain.map(numbersOf));
    assert.deepEqual(more.map(({ target }) => target), plain.map(({ target }) => target));
  });
});
