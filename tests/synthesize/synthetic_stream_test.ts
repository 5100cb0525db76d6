import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { listedSchedule } from "../../src/synthesize/drift_schedule.ts";
import { friedmanFunction } from "../../src/synthesize/friedman.ts";
import { logicalFunction } from "../../src/synthesize/logical.ts";
import { SyntheticStream } from "../../src/synthesize/synthetic_stream.ts";

const streamOf = (seed: number, concept = 1) =>
  new SyntheticStream({
    function: friedmanFunction({ noise: 1 }),
    schedule: listedSchedule(0, [{ position: 50, concept, shape: "sigmoid", width: 20 }]),
    seed,
  });

describe("SyntheticStream", () => {
  it("is the same for the same seed, from anywhere on, and another one for another seed", () => {
    const whole = streamOf(7).block(0, 100);
    assert.deepEqual(streamOf(7).block(0, 100), whole);
    assert.deepEqual(
      [...streamOf(7).block(0, 33), ...streamOf(7).block(33, 1), ...streamOf(7).block(34, 66)],
      whole,
    );
    assert.notDeepEqual(streamOf(8).block(0, 1), whole.slice(0, 1));
    const values = whole.flatMap(({ features }) => Object.values(features));
    assert.equal(new Set(values).size, values.length);
  });

  it("has the same features whatever the drift", () => {
    const features = (concept: number) => streamOf(7, concept).block(0, 100).map((one) => one.features);
    assert.deepEqual(features(1), features(4));
  });

  it("says where a concept begins: at the first observation, and where it changes", () => {
    const marked = streamOf(7).block(0, 100).flatMap(({ truth }, at) => truth ? [{ at, ...truth }] : []);
    assert.deepEqual(marked, [
      { at: 0, event: 0, concept: "friedman" },
      { at: 40, event: 40, until: 60, concept: "swapped" },
    ]);
    assert.deepEqual(streamOf(7).truth(1, 40), []);
    assert.equal(streamOf(7).block(40, 1)[0].truth?.event, 40);
  });

  it("does not say twice what the first observation is of", () => {
    const stream = new SyntheticStream({
      function: logicalFunction(),
      schedule: listedSchedule(0, [{ position: 0, concept: 2, shape: "abrupt", width: 0 }]),
      seed: 1,
    });
    assert.deepEqual(stream.truth(0, 10), [{ event: 0, concept: "and" }]);
  });

  it("gives times where it has a clock", () => {
    const stream = new SyntheticStream({
      function: logicalFunction(),
      schedule: listedSchedule(0, []),
      seed: 1,
      clock: { startMs: 1000, stepMs: 2.5 },
    });
    assert.deepEqual(stream.block(0, 4).map(({ timeMs }) => timeMs), [1000, 1003, 1005, 1008]);
    assert.equal(streamOf(7).block(0, 1)[0].timeMs, undefined);
  });
});
