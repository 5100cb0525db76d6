import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { detectFeedback } from "../../src/batch/detect_feedback.ts";

function feedbackOf(values: readonly number[]): string {
  const count = values.length;
  const zeros = new Uint32Array(count);
  return detectFeedback({
    count,
    users: zeros,
    items: zeros,
    values: Float64Array.from(values),
    timesMs: new Float64Array(count),
  }).feedback;
}

describe("detectFeedback", () => {
  it("takes a few levels on a half-point grid for ratings", () => {
    assert.equal(feedbackOf([1, 2, 3, 4, 5, 5, 4]), "explicit");
    assert.equal(feedbackOf([0.5, 3.5, 5]), "explicit");
    assert.equal(feedbackOf([10, 1, 7]), "explicit");
    assert.equal(feedbackOf([0, 1]), "explicit");
  });

  it("takes one value, counts, fractions and negative amounts for evidence", () => {
    assert.equal(feedbackOf([1, 1, 1]), "implicit");
    assert.equal(feedbackOf([5]), "implicit");
    assert.equal(feedbackOf([]), "implicit");
    assert.equal(feedbackOf([1, 2, 1, 1, 37]), "implicit");
    assert.equal(feedbackOf([1, 2, 0.3]), "implicit");
    assert.equal(feedbackOf([1, -1]), "implicit");
  });
});
