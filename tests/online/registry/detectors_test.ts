import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../../src/domain/failure.ts";
import { createDetector, DETECTORS } from "../../../src/online/registry/detectors.ts";
import { alarmsOf, coins } from "../../evaluate/drift/streams.ts";

describe("createDetector", () => {
  for (const { name } of DETECTORS) {
    it(`makes ${name}, which finds errors that become three times as many`, () => {
      const text = name === "page-hinkley"
        ? "page-hinkley(threshold=20)"
        : name === "kswin"
        ? "kswin(alpha=0.0001)"
        : name;
      const alarms = alarmsOf(createDetector(text, 1), coins(3, [[600, 0.1], [600, 0.95]]));
      assert.equal(createDetector(text, 1).name, name);
      assert.ok(alarms.some((place) => place >= 600 && place < 700), `${alarms}`);
      assert.ok(alarms.every((place) => place >= 600), `${alarms}`);
    });
  }

  it("takes parameters to the right place", () => {
    const values = [...new Array(100).fill(0), ...new Array(20).fill(1)];
    // As counted by hand in the detector's own test.
    assert.equal(alarmsOf(createDetector("page-hinkley(delta=0, threshold=10, alpha=1)", 1), values)[0], 110);
    assert.deepEqual(alarmsOf(createDetector("page-hinkley(threshold=10, direction=down)", 1), values), []);
    assert.deepEqual(alarmsOf(createDetector("ddm(threshold=100)", 1), coins(1, [[100, 0.2], [9, 1]])), []);
    assert.equal(alarmsOf(createDetector("adwin(clock=1)", 1), coins(1, [[200, 0], [99, 1]]))[0] < 232, true);
  });

  it("refuses other names, pipelines, and parameters that make no sense", () => {
    for (
      const text of ["eddm", "adwin | ddm", "adwin(0.1)", "adwin(delta=2)", "kswin(window=50, sample=30)", ""]
    ) {
      assert.throws(() => createDetector(text, 1), BadInput, text);
    }
  });

  it("has a lesson for each", () => {
    for (const { name, lesson } of DETECTORS) assert.ok(lesson.length > 20 && lesson.length <= 110, name);
  });
});
