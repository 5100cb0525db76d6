import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  type DriftSchedule,
  listedSchedule,
  recurringSchedule,
  shareOf,
  spanOf,
  type Transition,
} from "../../src/synthesize/drift_schedule.ts";
import { Random } from "../../src/synthesize/random.ts";

const abrupt = (position: number, concept: number): Transition => ({
  position,
  concept,
  shape: "abrupt",
  width: 0,
});
const sigmoid = (position: number, concept: number, width: number): Transition => ({
  position,
  concept,
  shape: "sigmoid",
  width,
});

function conceptsOf(schedule: DriftSchedule, until: number): string {
  let text = "";
  for (let at = 0; at < until; at++) {
    text += schedule.conceptAt(at, () => assert.fail("nothing is mixed here"));
  }
  return text;
}

/** Share of the observations around a position that are of the concept, over many draws. */
function mixedShare(schedule: DriftSchedule, position: number, concept: number, draws = 20_000): number {
  let count = 0;
  for (let seed = 0; seed < draws; seed++) {
    const random = Random.at(seed, position, 1);
    if (schedule.conceptAt(position, () => random) === concept) count++;
  }
  return count / draws;
}

describe("shareOf", () => {
  it("is the logistic curve in steps of a quarter width", () => {
    // 1/(1 + e⁴), 1/(1 + e²), 1/2, 1/(1 + e⁻²), 1/(1 + e⁻⁴)
    const expected = [
      0.017986209962091559,
      0.11920292202211755,
      0.5,
      0.88079707797788243,
      0.98201379003790845,
    ];
    [900, 950, 1000, 1050, 1100].forEach((at, i) =>
      assert.ok(Math.abs(shareOf(sigmoid(1000, 1, 100), at) - expected[i]) < 1e-15)
    );
    assert.equal(shareOf(sigmoid(1000, 1, 100), 500), 0);
    assert.equal(shareOf(sigmoid(1000, 1, 100), 1500), 1);
  });

  it("is a step, or a half for a while", () => {
    assert.deepEqual([9, 10].map((at) => shareOf(abrupt(10, 1), at)), [0, 1]);
    const even: Transition = { position: 10, concept: 1, shape: "even", width: 3 };
    assert.deepEqual([9, 10, 12, 13].map((at) => shareOf(even, at)), [0, 0.5, 0.5, 1]);
  });
});

describe("listedSchedule", () => {
  it("goes from one concept to the next at their positions", () => {
    assert.equal(conceptsOf(listedSchedule(2, [abrupt(3, 0), abrupt(5, 1)]), 8), "22200111");
    assert.equal(conceptsOf(listedSchedule(1, []), 3), "111");
  });

  it("mixes two concepts as the curve says", () => {
    const schedule = listedSchedule(0, [sigmoid(1000, 1, 100)]);
    for (const at of [900, 950, 1000, 1075]) {
      const share = 1 / (1 + Math.exp(-4 * (at - 1000) / 100));
      assert.ok(Math.abs(mixedShare(schedule, at, 1) - share) < 4 * Math.sqrt(share * (1 - share) / 20_000));
    }
  });

  it("lets the newest change decide first where two are under way", () => {
    const schedule = listedSchedule(0, [sigmoid(1000, 1, 100), sigmoid(1050, 2, 100)]);
    const second = 1 / (1 + Math.exp(2)), first = 1 / 2;
    assert.ok(Math.abs(mixedShare(schedule, 1000, 2) - second) < 0.015);
    assert.ok(Math.abs(mixedShare(schedule, 1000, 1) - (1 - second) * first) < 0.015);
  });

  it("names what begins within a range", () => {
    const schedule = listedSchedule(0, [abrupt(3, 1), sigmoid(100, 0, 20), abrupt(200, 1)]);
    assert.deepEqual(schedule.transitions(0, 91).map(({ position }) => position), [3, 100]);
    assert.deepEqual(schedule.transitions(4, 90), []);
    assert.deepEqual(schedule.transitions(200, 201).map(({ position }) => position), [200]);
    assert.deepEqual(spanOf(sigmoid(100, 0, 20)), { from: 90, until: 110 });
    assert.deepEqual(spanOf(abrupt(3, 1)), { from: 3, until: 3 });
  });

  it("refuses positions that do not ascend", () => {
    assert.throws(() => listedSchedule(0, [abrupt(5, 1), abrupt(5, 0)]), /a drift at 5 after one at 5/);
  });
});

describe("recurringSchedule", () => {
  it("takes its concepts in turn", () => {
    const schedule = recurringSchedule({ concepts: [0, 2, 1], every: 2, width: 0 });
    assert.equal(conceptsOf(schedule, 11), "00221100221");
    assert.deepEqual(schedule.transitions(0, 7).map(({ position, concept }) => [position, concept]), [
      [2, 2],
      [4, 1],
      [6, 0],
    ]);
    assert.deepEqual(schedule.transitions(3, 4), []);
  });

  it("is the listed schedule of the same changes, mixed ones too", () => {
    const recurring = recurringSchedule({ concepts: [0, 1], every: 100, width: 40 });
    const listed = listedSchedule(0, [1, 2, 3, 4, 5, 6].map((k) => sigmoid(100 * k, k % 2, 40)));
    for (let at = 0; at < 400; at++) {
      const [one, other] = [recurring, listed].map((schedule) => {
        const random = Random.at(9, at, 1);
        return schedule.conceptAt(at, () => random);
      });
      assert.equal(one, other, `at ${at}`);
    }
    assert.deepEqual(recurring.transitions(0, 500), listed.transitions(0, 500));
  });

  it("refuses changes that run into one another", () => {
    assert.throws(() => recurringSchedule({ concepts: [0, 1], every: 100, width: 51 }), /up to half/);
  });
});
