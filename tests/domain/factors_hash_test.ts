import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { hashOfFactors } from "../../src/domain/factors_hash.ts";

describe("hashOfFactors", () => {
  it("is SHA-256 over users, then items, whatever buffers they are views of", async () => {
    const buffer = Float32Array.of(9, 1.5, -2, 3, 9).buffer;
    const userFactors = new Float32Array(buffer, 4, 2), itemFactors = new Float32Array(buffer, 12, 1);
    const expected = createHash("sha256").update(new Uint8Array(Float32Array.of(1.5, -2, 3).buffer)).digest(
      "hex",
    );
    assert.equal(await hashOfFactors({ userFactors, itemFactors }), expected);
  });
});
