import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { logicalFunction } from "../../src/synthesize/logical.ts";
import { observed } from "./observed.ts";

describe("logicalFunction", () => {
  it("has the truth tables of or, xor and and", () => {
    const tables: Record<string, string> = { or: "0111", xor: "0110", and: "0001" };
    for (const [concept, table] of Object.entries(tables)) {
      const seen = ["", "", "", ""];
      for (const { features, target } of observed(logicalFunction(), concept, 200)) {
        seen[2 * (features.a as number) + (features.b as number)] = target ? "1" : "0";
      }
      assert.equal(seen.join(""), table);
    }
  });
});
