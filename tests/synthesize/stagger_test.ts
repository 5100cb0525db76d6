import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { staggerFunction } from "../../src/synthesize/stagger.ts";
import { observed } from "./observed.ts";

describe("staggerFunction", () => {
  it("follows the three rules on all 27 blocks", () => {
    const expected: Record<string, (size: unknown, color: unknown, shape: unknown) => boolean> = {
      "small and red": (size, color) => `${size} ${color}` === "small red",
      "green or a circle": (_, color, shape) => !(color !== "green" && shape !== "circle"),
      "medium or large": (size) => size !== "small",
    };
    // 27 blocks: 3, 15 and 18 of them are in the concept.
    const positives: Record<string, number> = {
      "small and red": 3,
      "green or a circle": 15,
      "medium or large": 18,
    };
    for (const [concept, rule] of Object.entries(expected)) {
      const blocks = new Map<string, boolean>();
      for (const { features: { size, color, shape }, target } of observed(staggerFunction(), concept, 2000)) {
        assert.equal(target, rule(size, color, shape));
        blocks.set(`${size} ${color} ${shape}`, target as boolean);
      }
      assert.equal(blocks.size, 27);
      assert.equal([...blocks.values()].filter(Boolean).length, positives[concept]);
    }
  });
});
