import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { DriftDetector } from "../../src/evaluate/drift/drift_detector.ts";
import { Adwin } from "../../src/evaluate/drift/adwin.ts";
import { type Alarm, DirectedDetector, scoreAlarms } from "../../src/online/compare_alarms.ts";

/** Gives alarm at these counts. */
function alarmingAt(...counts: number[]): DriftDetector {
  let count = 0;
  return { name: "planned", update: () => counts.includes(++count), save: () => null, load: () => {} };
}

function fed(detector: DirectedDetector, values: readonly number[]): readonly Alarm[] {
  values.forEach((value) => detector.update(value));
  return detector.alarms;
}

describe("DirectedDetector", () => {
  it("says whether the newest 64 numbers are greater than those since the last alarm", () => {
    const step = (low: number, high: number) => Array.from({ length: 200 }, (_, i) => i < 130 ? low : high);
    const alarms = fed(new DirectedDetector("d", alarmingAt(190, 390)), [...step(1, 3), ...step(3, 1)]);
    assert.deepEqual(alarms, [
      { event: 190, since: 0, isRise: true },
      { event: 390, since: 190, isRise: false },
    ]);
  });

  it("takes the first numbers for rising: there is nothing to compare them with", () => {
    assert.deepEqual(fed(new DirectedDetector("d", alarmingAt(10)), Array(10).fill(1)), [
      { event: 10, since: 0, isRise: true },
    ]);
  });

  it("knows how far back a detector with a window looked", () => {
    const adwin = new Adwin(), detector = new DirectedDetector("adwin", adwin);
    let widthBefore = 0;
    for (let i = 0; i < 2000; i++) {
      widthBefore = adwin.width;
      if (detector.update(i < 1000 ? i % 2 : 5 + i % 2)) break;
    }
    const [{ event, since, isRise }] = detector.alarms;
    assert.ok(event > 1000 && event < 1100 && isRise);
    assert.equal(since, event - widthBefore - 1);
  });

  it("keeps its detector's state", () => {
    const one = new DirectedDetector("adwin", new Adwin()),
      other = new DirectedDetector("adwin", new Adwin());
    for (let i = 0; i < 100; i++) one.update(i % 7);
    other.load(one.save());
    assert.deepEqual(other.save(), one.save());
  });
});

describe("scoreAlarms", () => {
  const rise = (event: number, since: number): Alarm => ({ event, since, isRise: true });
  const changes = [{ event: 1000, concept: "b" }, { event: 2000, until: 2200, concept: "c" }, {
    event: 5000,
    concept: "d",
  }];

  it("finds each change by the first alarm that had it in view", () => {
    const { delays, falseAlarms } = scoreAlarms([rise(1040, 0), rise(2150, 1100), rise(5300, 2500)], changes);
    assert.deepEqual(delays, [40, 150, 300]);
    assert.deepEqual(falseAlarms, []);
  });

  it("takes alarms that still look back behind a change for echoes, others for false ones", () => {
    const alarms = [
      rise(300, 0),
      rise(1040, 300),
      rise(1100, 900),
      rise(1500, 1100),
      rise(2300, 2150),
      rise(2400, 2300),
    ];
    const { delays, falseAlarms } = scoreAlarms(alarms, changes);
    assert.deepEqual(delays, [40, 300, undefined]);
    assert.deepEqual(falseAlarms, [300, 1500, 2400]);
  });

  it("passes over alarms about falling errors", () => {
    const falling = { event: 1040, since: 0, isRise: false };
    assert.deepEqual(scoreAlarms([falling], changes), {
      delays: [undefined, undefined, undefined],
      falseAlarms: [],
    });
  });

  it("calls every rising alarm false where nothing changes", () => {
    assert.deepEqual(scoreAlarms([rise(10, 0), rise(20, 10)], []).falseAlarms, [10, 20]);
  });
});
