import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { PageHinkley } from "../../../src/evaluate/drift/page_hinkley.ts";
import { alarmsOf, alarmsWithStop, normals } from "./streams.ts";

/** From the whole history since the last alarm, each time anew. */
function plainAlarms(
  values: readonly number[],
  options: { delta: number; threshold: number; alpha: number },
): number[] {
  const alarms: number[] = [];
  let history: number[] = [];
  values.forEach((value, place) => {
    history.push(value);
    const rises: number[] = [], falls: number[] = [];
    let sum = 0;
    history.forEach((x, k) => {
      sum += x;
      const deviation = x - sum / (k + 1);
      rises.push(options.alpha * (rises.at(-1) ?? 0) + deviation - options.delta);
      falls.push(options.alpha * (falls.at(-1) ?? 0) + deviation + options.delta);
    });
    const isUp = rises.at(-1)! - Math.min(...rises) > options.threshold;
    const isDown = Math.max(...falls) - falls.at(-1)! > options.threshold;
    if (history.length >= 30 && (isUp || isDown)) alarms.push(place), history = [];
  });
  return alarms;
}

describe("PageHinkley", () => {
  it("gives alarm where the sums say so", () => {
    const options = { delta: 0.005, threshold: 20, alpha: 0.9999 };
    for (let seed = 1; seed <= 5; seed++) {
      const values = normals(seed, [[300, 0, 1], [200, 1.5, 1], [200, -1, 1]]);
      const expected = plainAlarms(values, options);
      assert.deepEqual(alarmsOf(new PageHinkley(options), values), expected);
      assert.ok(expected.some((place) => place >= 300 && place < 500), `seed ${seed}: ${expected}`);
    }
  });

  it("counts by hand: a step of 1 after 100 zeros passes 10 where the sum does", () => {
    // After k ones the mean is k/(100 + k); Σ 100/(100 + i) first exceeds 10 at k = 11 (10.39; 9.49 at k = 10).
    const options = { delta: 0, threshold: 10, alpha: 1 };
    const values = [...new Array(100).fill(0), ...new Array(20).fill(1)];
    assert.equal(alarmsOf(new PageHinkley(options), values)[0], 110);
  });

  it("looks in the direction that it is told to", () => {
    const up = normals(2, [[300, 0, 1], [300, 2, 1]]), down = up.map((value) => -value);
    const places = (direction: "up" | "down", values: number[]) =>
      alarmsOf(new PageHinkley({ direction }), values);
    assert.equal(places("up", up).length, 1);
    assert.equal(places("down", down).length, 1);
    assert.deepEqual(places("down", up), []);
    assert.deepEqual(places("up", down), []);
  });

  it("waits for its first 30 numbers", () => {
    assert.equal(alarmsOf(new PageHinkley({ threshold: 1 }), [0, ...new Array(40).fill(9)])[0], 29);
  });

  it("goes on from a saved state", () => {
    const values = normals(3, [[200, 0, 1], [200, 3, 1]]);
    assert.deepEqual(
      alarmsWithStop(() => new PageHinkley(), values, 210),
      alarmsOf(new PageHinkley(), values),
    );
  });
});
