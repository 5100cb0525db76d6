import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { strideOf } from "../../src/domain/factor_model.ts";

describe("strideOf", () => {
  it("is the next multiple of 8 that holds factors and, if explicit, two places for biases", () => {
    assert.deepEqual([1, 8, 9, 64, 256].map((count) => strideOf("implicit", count)), [8, 8, 16, 64, 256]);
    assert.deepEqual([1, 6, 7, 64, 256].map((count) => strideOf("explicit", count)), [8, 8, 16, 72, 264]);
  });
});
