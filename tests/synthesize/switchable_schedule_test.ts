import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { listedSchedule } from "../../src/synthesize/drift_schedule.ts";
import { SwitchableSchedule } from "../../src/synthesize/switchable_schedule.ts";

const nothingMixed = () => assert.fail("nothing is mixed here");
const planned = () => listedSchedule(0, [{ position: 6, concept: 1, shape: "abrupt", width: 0 }]);

function concepts(schedule: SwitchableSchedule): string {
  return Array.from({ length: 10 }, (_, at) => schedule.conceptAt(at, nothingMixed)).join("");
}

describe("SwitchableSchedule", () => {
  it("is the planned one until somebody switches", () => {
    assert.equal(concepts(new SwitchableSchedule(planned())), "0000001111");
  });

  it("keeps what was switched to until the next planned change", () => {
    const schedule = new SwitchableSchedule(planned());
    schedule.switchTo(2, 3);
    assert.equal(concepts(schedule), "0002221111");
    schedule.switchTo(3, 8);
    assert.equal(concepts(schedule), "0002221133");
    assert.deepEqual(schedule.transitions(0, 10).map(({ position, concept }) => [position, concept]), [
      [3, 2],
      [6, 1],
      [8, 3],
    ]);
  });

  it("lets a later word at the same position count", () => {
    const schedule = new SwitchableSchedule(planned());
    schedule.switchTo(2, 3);
    schedule.switchTo(4, 3);
    assert.equal(concepts(schedule), "0004441111");
    assert.equal(schedule.transitions(0, 6).length, 1);
  });
});
