import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Target } from "../../../src/domain/observation.ts";
import { F1 } from "../../../src/evaluate/running/f1.ts";

function f1Of(pairs: readonly (readonly [truth: Target, prediction: Target])[], keep = 1): F1 {
  const f1 = new F1();
  for (const [truth, prediction] of pairs) f1.add({ truth, prediction }, keep);
  return f1;
}

describe("F1", () => {
  it("is that of the positive class for truth values and for 1 and 0", () => {
    // Two hits, one false alarm, one miss: 2·2/(2·2 + 1 + 1).
    const pairs: [boolean, boolean][] = [[true, true], [true, true], [false, true], [true, false], [
      false,
      false,
    ]];
    assert.equal(f1Of(pairs).value(), 4 / 6);
    assert.equal(f1Of(pairs.map(([a, b]) => [Number(a), Number(b)])).value(), 4 / 6);
    assert.equal(f1Of(pairs.map(([a, b]) => [a ? 1 : -1, b ? 1 : -1])).value(), 4 / 6);
  });

  it("is the mean over labels otherwise", () => {
    // a: 1 hit, 1 miss: 2/3. b: 1 hit, 1 alarm: 2/3. c: never right: 0.
    const pairs: [string, string][] = [["a", "a"], ["a", "b"], ["b", "b"], ["c", "c"], ["c", "c"]];
    assert.ok(Math.abs(f1Of(pairs).value() - (2 / 3 + 2 / 3 + 1) / 3) < 1e-15);
    assert.ok(Math.abs(f1Of([["a", "a"], ["c", "a"]]).value() - (2 / 3 + 0) / 2) < 1e-15);
  });

  it("fades", () => {
    // Weights 1/4, 1/2, 1: hit, alarm, miss.
    const pairs: [boolean, boolean][] = [[true, true], [false, true], [true, false]];
    assert.equal(f1Of(pairs, 0.5).value(), 0.5 / (0.5 + 0.5 + 1));
  });

  it("is not defined before the first outcome, nor while nothing positive was seen", () => {
    assert.ok(Number.isNaN(new F1().value()));
    assert.ok(Number.isNaN(f1Of([[false, false]]).value()));
  });

  it("comes back from its state", () => {
    const first = f1Of([["a", "b"], ["b", "b"]]), second = new F1();
    second.load(first.save());
    for (const one of [first, second]) one.add({ truth: "a", prediction: "a" }, 0.5);
    assert.deepEqual(second.save(), first.save());
  });
});
