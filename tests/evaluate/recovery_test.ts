import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { FactorModel } from "../../src/domain/factor_model.ts";
import {
  describeRecovery,
  recoveryOf,
  scoreByModel,
  type TruePreferences,
} from "../../src/evaluate/recovery.ts";
import { Random } from "../../src/synthesize/random.ts";

/** Preferences without any structure. */
function randomTruth(userCount: number, itemCount: number): TruePreferences {
  const random = Random.seeded(4);
  const values = Float64Array.from({ length: userCount * itemCount }, () => random.normal());
  return { userCount, itemCount, preference: (user, item) => values[user * itemCount + item] };
}

const nothing = { users: new Uint32Array(0), items: new Uint32Array(0) };
const random = Random.seeded(5);
const below = (count: number) => random.below(count);

function near(actual: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected}`);
}

describe("recoveryOf", () => {
  it("is perfect for scores that order as the truth does", () => {
    const truth = randomTruth(20, 100);
    const recovery = recoveryOf(truth, (u, i) => Math.exp(truth.preference(u, i)), {
      seen: nothing,
      below,
      k: 10,
    });
    assert.equal(recovery.userCount, 20);
    near(recovery.rankCorrelation, 1);
    near(recovery.topShare, 1);
    near(recovery.topGain, 1);
    near(recovery.topShareByChance, 0.1);
  });

  it("is 0 on average for scores that have nothing to do with the truth, and negative for the reverse", () => {
    const truth = randomTruth(300, 100), other = Random.seeded(6);
    const blind = recoveryOf(truth, () => other.uniform(), { seen: nothing, below, k: 10 });
    near(blind.rankCorrelation, 0, 0.025); // standard error 1/√(99 · 300) = .0058
    near(blind.topShare, 0.1, 0.025);
    near(blind.topGain, 0, 0.05);
    const reverse = recoveryOf(truth, (u, i) => -truth.preference(u, i), { seen: nothing, below, k: 10 });
    near(reverse.rankCorrelation, -1);
    near(reverse.topShare, 0);
    assert.ok(reverse.topGain < -0.9);
  });

  it("measures one user as worked out by hand", () => {
    const preferences = [5, 4, 3, 2, 1, 0], scores = [9, 1, 8, 0, 0, 0];
    const truth = { userCount: 1, itemCount: 6, preference: (_: number, item: number) => preferences[item] };
    const recovery = recoveryOf(truth, (_, item) => scores[item], { seen: nothing, below, k: 2 });
    near(recovery.topShare, 0.5); // 0 and 2 chosen, 0 and 1 best
    near(recovery.topGain, (4 - 2.5) / (4.5 - 2.5));
  });

  it("looks at unseen items only", () => {
    const truth = randomTruth(2, 30);
    // Knows by heart the 20 items that were seen, and nothing of the others but the reverse.
    const score = (u: number, i: number) => i < 20 ? 100 + truth.preference(u, i) : -truth.preference(u, i);
    const users = Uint32Array.from({ length: 40 }, (_, row) => row % 2);
    const items = Uint32Array.from({ length: 40 }, (_, row) => row >> 1);
    near(recoveryOf(truth, score, { seen: { users, items }, below, k: 5 }).rankCorrelation, -1);
  });

  it("samples users when there are many, and leaves out those the model does not know", () => {
    const truth = randomTruth(500, 40);
    const known = (u: number, i: number) => u % 2 === 0 ? truth.preference(u, i) : undefined;
    const recovery = recoveryOf(truth, known, { seen: nothing, below, userCount: 100 });
    assert.ok(recovery.userCount > 25 && recovery.userCount < 75);
    near(recovery.rankCorrelation, 1);
    assert.throws(() => recoveryOf(truth, () => undefined, { seen: nothing, below }), /knows none of them/);
  });
});

describe("describeRecovery", () => {
  it("says in words what was found", () => {
    const text = describeRecovery({
      userCount: 300,
      k: 20,
      rankCorrelation: 0.871,
      topShare: 0.634,
      topShareByChance: 0.0112,
      topGain: 0.925,
    }).join("\n");
    for (const figure of ["0.87", "63 %", "1.1 %", "93 %", "20", "300 users"]) {
      assert.ok(text.includes(figure), figure);
    }
  });
});

describe("scoreByModel", () => {
  it("maps planted indexes to rows and knows what it does not know", () => {
    const model = {
      stride: 2,
      userFactors: Float32Array.of(1, 2, 0, 0),
      itemFactors: Float32Array.of(10, 1, 0, 3),
    } as unknown as FactorModel;
    const score = scoreByModel(model, Int32Array.of(-1, 0, 1), Int32Array.of(1, -1, 0));
    assert.equal(score(1, 0), 6);
    assert.equal(score(1, 2), 12);
    assert.equal(score(0, 0), undefined);
    assert.equal(score(1, 1), undefined);
    assert.equal(score(2, 0), undefined); // a row of zeros
  });
});
