import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { encodeState } from "../../../src/domain/state_tree.ts";
import { Adwin, ADWIN_DEFAULTS, adwinBound } from "../../../src/evaluate/drift/adwin.ts";
import { PlainAdwin } from "../../reference/adwin.ts";
import { alarmsOf, alarmsWithStop, coins, normals } from "./streams.ts";

describe("adwinBound", () => {
  it("has the value of the paper's formula", () => {
    // Computed apart in another language from section 4.1.
    assert.ok(Math.abs(adwinBound(100, 100, 0.25, 0.002) - 0.4071687387325939) < 1e-12);
    assert.ok(Math.abs(adwinBound(1000, 50, 0.1, 0.01) - 0.27568682038155934) < 1e-12);
    // Ten times the numbers: ten times the bound.
    assert.ok(Math.abs(adwinBound(1000, 50, 10, 0.01, 10) - 10 * 0.27568682038155934) < 1e-11);
  });
});

describe("Adwin", () => {
  it("knows count, mean and variance of the newest numbers, whatever it dropped", () => {
    const values = coins(1, [[700, 0.2], [700, 0.9], [700, 0.4]]), adwin = new Adwin();
    values.forEach((value, place) => {
      adwin.update(value);
      const window = values.slice(place + 1 - adwin.width, place + 1);
      const mean = window.reduce((sum, x) => sum + x, 0) / window.length;
      const variance = window.reduce((sum, x) => sum + (x - mean) ** 2, 0) / window.length;
      assert.ok(Math.abs(adwin.mean - mean) < 1e-12, `mean at ${place}`);
      assert.ok(Math.abs(adwin.variance - variance) < 1e-12, `variance at ${place}`);
    });
    assert.ok(adwin.width < 800);
  });

  it("gives its first alarm not before the version that keeps every number, and soon after it", () => {
    const { delta, clock, minPart } = ADWIN_DEFAULTS;
    for (let seed = 1; seed <= 8; seed++) {
      for (const [before, after] of [[0.2, 0.5], [0.7, 0.3], [0.1, 0.9]]) {
        const values = coins(seed, [[640, before], [640, after]]);
        const [plain] = alarmsOf(withName(new PlainAdwin(delta, clock, minPart)), values);
        const [ours] = alarmsOf(new Adwin(), values);
        assert.ok(plain >= 640 && ours >= plain && ours <= plain + 2 * clock, `${plain}, ${ours}`);
      }
    }
  });

  it("finds a change as soon as the paper promises: when the means differ by twice the bound", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const [alarm] = alarmsOf(new Adwin({ clock: 1 }), coins(seed, [[1000, 0.2], [1000, 0.8]]));
      let newer = 5;
      const varianceAt = (n: number) => {
        const p = (200 + 0.8 * n) / (1000 + n);
        return p * (1 - p);
      };
      while (2 * adwinBound(1000, newer, varianceAt(newer), 0.002) > 0.6) newer++;
      assert.ok(alarm >= 1000 && alarm <= 1000 + newer, `alarm at ${alarm}, promised by ${1000 + newer}`);
    }
  });

  it("stays quiet while nothing changes", () => {
    let alarms = 0;
    for (let seed = 1; seed <= 20; seed++) {
      alarms += alarmsOf(new Adwin(), coins(seed, [[3000, 0.5]])).length;
      alarms += alarmsOf(new Adwin(), normals(seed, [[3000, 5, 2]])).length;
    }
    // 40 streams with about 94 looks each, at most 0.2 % false alarms a look: 7.5. The bound is far from tight.
    assert.ok(alarms <= 3, `${alarms} false alarms`);
  });

  it("does not depend on the unit of the numbers", () => {
    const values = normals(3, [[1000, 0, 1], [1000, 2, 1]]);
    // Powers of two scale without rounding.
    const scaled = values.map((value) => 1024 * value);
    assert.deepEqual(alarmsOf(new Adwin(), scaled), alarmsOf(new Adwin(), values));
    assert.equal(alarmsOf(new Adwin(), values).length >= 1, true);
  });

  it("takes little memory for a long window", () => {
    const adwin = new Adwin();
    for (const value of coins(5, [[100_000, 0.3]])) adwin.update(value);
    assert.equal(adwin.width, 100_000);
    assert.ok(encodeState(adwin.save()).length < 3000);
  });

  it("goes on from a saved state", () => {
    const values = coins(6, [[500, 0.2], [500, 0.7], [500, 0.2]]);
    const whole = alarmsOf(new Adwin(), values);
    for (const stop of [3, 510, 777]) {
      assert.deepEqual(alarmsWithStop(() => new Adwin(), values, stop), whole);
    }
    assert.ok(whole.length >= 2);
  });
});

function withName(plain: PlainAdwin) {
  return { name: "plain", update: (value: number) => plain.update(value), save: () => null, load: () => {} };
}
