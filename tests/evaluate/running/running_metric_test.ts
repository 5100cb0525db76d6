import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { isPositive, isSigned } from "../../../src/evaluate/running/running_metric.ts";

describe("labels of two classes", () => {
  it("say by themselves which is positive, or do not", () => {
    assert.deepEqual([true, 1, false, 0, -1, "1", "yes", 2].map(isPositive), [
      true,
      true,
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    assert.deepEqual([true, 1, false, 0, -1, "1", "yes", 2].map(isSigned), [
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
