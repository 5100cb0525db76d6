import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Phases } from "../../src/kernels/phases.ts";
import { inlineKernels } from "./planted_fit.ts";

describe("Phases", () => {
  it("starts each phase with the cursor at 0, so that every phase does all of its work", async () => {
    const { pool, kernels } = inlineKernels(), phases = new Phases(pool, kernels);
    const rows = kernels.arena.allocate(1000 * 32);
    for (let time = 0; time < 2; time++) {
      kernels.arena.f32(rows, 8000).fill(1);
      await phases.run("clearRows", () => [rows, 1000, 32, phases.cursor]);
      assert.ok(kernels.arena.f32(rows, 8000).every((value) => value === 0));
    }
    assert.ok(kernels.arena.u32(phases.cursor, 1)[0] >= 1000);
  });
});
