import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Observation } from "../../src/domain/observation.ts";
import { ConceptPlan } from "../../src/synthesize/concept_plan.ts";
import { listedSchedule } from "../../src/synthesize/drift_schedule.ts";

const schedule = listedSchedule(0, [
  { position: 3, concept: 1, shape: "abrupt", width: 0 },
  { position: 100, concept: 0, shape: "sigmoid", width: 10 },
]);
const plan = new ConceptPlan({
  concepts: ["calm", "storm"],
  schedule,
  seed: 4,
  clock: { startMs: 50, stepMs: 10 },
});
const bare = Array.from({ length: 3 }, (_, i): Observation => ({ features: { i }, target: i }));

describe("ConceptPlan", () => {
  it("says which concept a position is of, the same whenever it is asked", () => {
    assert.deepEqual([0, 2, 3, 50, 150].map((at) => plan.conceptAt(at)), [0, 0, 1, 1, 0]);
    const mixed = Array.from({ length: 20 }, (_, i) => plan.conceptAt(90 + i));
    assert.deepEqual(Array.from({ length: 20 }, (_, i) => plan.conceptAt(90 + i)), mixed);
    assert.equal(new Set(mixed).size, 2);
  });

  it("tells the truth about the changes of a stretch", () => {
    assert.deepEqual(plan.truth(0, 200), [
      { event: 0, concept: "calm" },
      { event: 3, concept: "storm" },
      { event: 95, until: 105, concept: "calm" },
    ]);
    assert.deepEqual(plan.truth(3, 95), [{ event: 3, concept: "storm" }]);
    assert.deepEqual(plan.truth(0, 0), []);
  });

  it("puts times and truth on observations", () => {
    assert.deepEqual(plan.mark(bare, 2), [
      { ...bare[0], timeMs: 70 },
      { ...bare[1], timeMs: 80, truth: { event: 3, concept: "storm" } },
      { ...bare[2], timeMs: 90 },
    ]);
    const other = [{ event: 4, concept: "a new file" }];
    assert.deepEqual(plan.mark(bare, 2, other).map(({ truth }) => truth?.concept), [
      undefined,
      undefined,
      "a new file",
    ]);
  });
});
