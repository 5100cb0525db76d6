import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import type { Target } from "../../src/domain/observation.ts";
import { LabelIndex } from "../../src/online/label_index.ts";

describe("LabelIndex", () => {
  it("numbers classes in order of first appearance; 1, true and their texts are different labels", () => {
    const index = new LabelIndex(false);
    assert.deepEqual(["b", "a", 1, "1", true, "b"].map((label) => index.add(label)), [0, 1, 2, 3, 4, 0]);
    assert.equal(index.classCount, 5);
    assert.equal(index.labelOf(3), "1");
  });

  const pairs: [Target, Target, number][] = [
    [true, false, 1],
    [false, true, 0],
    [1, 0, 1],
    [0, 1, 0],
    [1, -1, 1],
    [-1, 1, 0],
    ["no", "yes", 0],
    [2, 1, 0],
  ];
  for (const [first, second, place] of pairs) {
    it(`of two classes takes ${JSON.stringify(first)}, seen before ${JSON.stringify(second)}, for class ${place}`, () => {
      const index = new LabelIndex(true);
      assert.equal(index.add(first), place);
      assert.equal(index.labelOf(1 - place), undefined);
      assert.equal(index.add(second), 1 - place);
      assert.equal(index.labelOf(1 - place), second);
    });
  }

  it("refuses a third label of two, and what is no label, and says what it knows", () => {
    const index = new LabelIndex(true);
    index.add("up"), index.add("down");
    index.assertAccepts("up");
    assert.throws(() => index.assertAccepts("flat"), (error: Error) => {
      return error instanceof BadInput && /"flat".*2 classes.*"up", "down".*softmax/.test(error.message);
    });
    for (const label of [NaN, Infinity, null, undefined, {}]) {
      assert.throws(() => new LabelIndex(false).assertAccepts(label as Target), BadInput);
    }
  });

  it("comes back from its labels, also with one place still open", () => {
    for (const labels of [[true], [true, false], ["a", "b"]]) {
      const index = new LabelIndex(true), other = new LabelIndex(true);
      for (const label of labels) index.add(label);
      other.load(index.save());
      assert.deepEqual(other.save(), index.save());
      for (const label of labels) assert.equal(other.find(label), index.find(label));
    }
  });
});
