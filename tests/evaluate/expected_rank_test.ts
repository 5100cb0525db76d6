import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { expectedNdcgAt, expectedRecallAt } from "../../src/evaluate/expected_rank.ts";

const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a}, not ${b}`);

describe("the expected rank", () => {
  it("without ties is in or out", () => {
    for (const [greater, recall] of [[0, 1], [9, 1], [10, 0], [500, 0]]) {
      close(expectedRecallAt(10, { greater, equal: 1 }), recall);
    }
    close(expectedNdcgAt(10, { greater: 0, equal: 1 }), 1);
    close(expectedNdcgAt(10, { greater: 2, equal: 1 }), 0.5);
    close(expectedNdcgAt(10, { greater: 10, equal: 1 }), 0);
  });

  it("among equals is the mean over all their orders", () => {
    close(expectedRecallAt(10, { greater: 0, equal: 1000 }), 0.01);
    close(expectedRecallAt(10, { greater: 8, equal: 4 }), 0.5);
    close(expectedRecallAt(10, { greater: 3, equal: 5 }), 1);
    close(expectedRecallAt(10, { greater: 10, equal: 5 }), 0);
    close(expectedNdcgAt(2, { greater: 0, equal: 4 }), (1 + 1 / Math.log2(3)) / 4);
  });
});
