import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { LiveWorkspace } from "../../src/kernels/live_workspace.ts";
import { inlineKernels, parametersOf } from "./planted_fit.ts";

describe("a live workspace", () => {
  it("gives room that lies nowhere else, and the same room until more is needed", () => {
    const { kernels } = inlineKernels(), { arena } = kernels;
    const workspace = new LiveWorkspace(kernels, parametersOf("explicit", 9), 16);
    const first = workspace.rowScratch(10), end = arena.top;
    assert.equal(workspace.rowScratch(1024), first);
    assert.equal(arena.top, end);
    const second = workspace.rowScratch(1025);
    assert.ok(second >= end && arena.top - second >= 64 + 5 * 64 + 3 * 4 * 1025);
    const weights = workspace.rowWeights(5_000);
    assert.ok(weights >= second && arena.top - weights >= 4 * 5_000);
    assert.equal(workspace.rowWeights(10), weights);
  });

  it("has rows of doubles as long as there are unknowns, filled up to four", () => {
    for (
      const [feedback, factorCount, unknowns] of [["explicit", 8, 12], ["implicit", 8, 8], [
        "explicit",
        7,
        8,
      ]] as const
    ) {
      const { scratch } = new LiveWorkspace(inlineKernels().kernels, parametersOf(feedback, factorCount), 16);
      assert.deepEqual([scratch.matrixRowBytes, scratch.gramBytes()], [8 * unknowns, 8 * unknowns ** 2]);
    }
  });
});
