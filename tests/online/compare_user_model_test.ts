import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import type { Features, Target } from "../../src/domain/observation.ts";
import { userModel } from "../../src/online/compare_user_model.ts";

const options = { task: "regression", seed: 7 } as const;
const plain = () => ({
  sum: 0,
  predictOne: () => 1 as unknown,
  learnOne(_: Features, y: Target) {
    this.sum += y as number;
  },
});

describe("userModel", () => {
  it("takes an object, a class, or a function that makes one", () => {
    const object = plain();
    userModel(object, "m.ts", options).learnOne({}, 5);
    assert.equal(object.sum, 5);
    class Own {
      constructor(readonly seed: number) {}
      predictOne() {
        return this.seed;
      }
      learnOne() {}
    }
    assert.equal(userModel(Own, "m.ts", options).predictOne({}), 7);
    assert.equal(
      userModel((seed: number) => ({ ...plain(), predictOne: () => seed }), "m.ts", options).predictOne({}),
      7,
    );
  });

  it("takes the task that it says, or else the stream's", () => {
    assert.equal(userModel(plain(), "m.ts", options).task, "regression");
    assert.equal(userModel({ ...plain(), task: "classification" }, "m.ts", options).task, "classification");
    assert.throws(() => userModel({ ...plain(), task: "ranking" }, "m.ts", options), /its task is "ranking"/);
  });

  it("refuses what is no model", () => {
    for (const wrong of [undefined, null, 3, {}, { predictOne: () => 1 }, () => undefined]) {
      assert.throws(() => userModel(wrong, "m.ts", options), BadInput);
    }
    const throwing = () => {
      throw new Error("no");
    };
    assert.throws(() => userModel(throwing, "m.ts", options), /making the model of m.ts: it threw "no"/);
  });

  it("ends with OutsideFailure what throws or predicts no prediction", () => {
    const predicting = (value: unknown, task: "regression" | "classification" = "regression") =>
      userModel({ ...plain(), predictOne: () => value }, "m.ts", { task, seed: 1 });
    for (const wrong of [NaN, Infinity, "x", true, null, {}]) {
      assert.throws(() => predicting(wrong).predictOne({}), OutsideFailure);
    }
    for (const wrong of [NaN, {}, null]) {
      assert.throws(
        () => predicting(wrong, "classification").predictOne({}),
        /predictOne of m.ts gave .*; accepted is/,
      );
    }
    assert.equal(predicting(undefined).predictOne({}), undefined);
    assert.equal(predicting("x", "classification").predictOne({}), "x");
    const learning = userModel(
      {
        ...plain(),
        learnOne: () => {
          throw new Error("full");
        },
      },
      "m.ts",
      options,
    );
    assert.throws(() => learning.learnOne({}, 1), /learnOne of m.ts threw "full"/);
  });

  it("says whether it tells what it remembers", () => {
    assert.equal(userModel(plain(), "m.ts", options).canSave, false);
    const saving = userModel({ ...plain(), save: () => [1, 2] }, "m.ts", options);
    assert.deepEqual([saving.canSave, saving.save()], [true, [1, 2]]);
  });
});
