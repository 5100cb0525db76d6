import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { decodeState, encodeState } from "../../src/domain/state_tree.ts";
import { DriftWatch } from "../../src/stream/drift_watch.ts";
import { Random } from "../../src/synthesize/random.ts";

/** Hits with the given share; the share changes at `changeAt`. */
function hits(count: number, before: number, after: number, changeAt: number, seed = 1): number[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, (_, k) => Number(random.uniform() < (k < changeAt ? before : after)));
}

function watched(values: readonly number[], watch = new DriftWatch(), from = 0): DriftWatch {
  values.forEach((value, k) => watch.observe("recallAt10", value, 10 * (from + k)));
  return watch;
}

describe("DriftWatch", () => {
  it("says that lists hit less often, not long after they began to", () => {
    const { count, marks } = watched(hits(6000, 0.4, 0.05, 3000));
    assert.ok(count >= 2, "both detectors");
    assert.deepEqual(new Set(marks.map(({ detector }) => detector)), new Set(["adwin", "page-hinkley"]));
    for (const { offset, figure } of marks.slice(0, 2)) {
      assert.equal(figure, "recallAt10");
      assert.ok(offset >= 30_000 && offset < 36_000, `${offset}`);
    }
  });

  it("is silent while nothing changes, nor counts it for the worse when things get better", () => {
    for (let seed = 1; seed <= 5; seed++) assert.equal(watched(hits(4000, 0.3, 0.3, 0, seed)).count, 0);
    const { marks } = watched(hits(6000, 0.05, 0.4, 3000));
    assert.ok(marks.length > 0 && marks.every(({ detector }) => detector === "adwin"));
  });

  it("watches errors, which are to be small", () => {
    const watch = new DriftWatch();
    for (let k = 0; k < 4000; k++) {
      watch.observe("squaredError", (k < 2000 ? 0.05 : 0.09) + 0.01 * (k % 3), k);
    }
    assert.deepEqual(
      new Set(watch.marks.map(({ detector, figure }) => `${detector} ${figure}`)),
      new Set(["adwin squaredError", "page-hinkley squaredError"]),
    );
  });

  it("goes on as if it had never stopped", () => {
    const values = hits(6000, 0.4, 0.05, 3000),
      half = watched(values.slice(0, 3100)),
      restored = new DriftWatch();
    restored.load(decodeState(encodeState(half.save())));
    watched(values.slice(3100), restored, 3100);
    const whole = watched(values);
    assert.deepEqual(restored.marks, whole.marks);
    assert.deepEqual(encodeState(restored.save()), encodeState(whole.save()));
  });

  it("remembers the last twenty marks, and how many there were", () => {
    const watch = new DriftWatch();
    const values = Array.from({ length: 60_000 }, (_, k) => Math.floor(k / 1000) % 2);
    const { count, marks } = watched(values, watch);
    assert.ok(count > 20);
    assert.equal(marks.length, 20);
    assert.ok(marks.at(-1)!.offset > 570_000);
  });
});
