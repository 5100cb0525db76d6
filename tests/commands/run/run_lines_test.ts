import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { TextLineStream } from "../../../src/commands/run/run_lines.ts";

async function linesOf(chunks: readonly string[]): Promise<string[]> {
  return await Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new TextLineStream()));
}

describe("TextLineStream", () => {
  it("gives lines whatever the pieces, the last one without its end too", async () => {
    const text = "one\n\ntwo\r\nthree";
    for (let size = 1; size <= text.length; size++) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g"))!;
      assert.deepEqual(await linesOf(pieces), ["one", "", "two", "three"]);
    }
    assert.deepEqual(await linesOf([]), []);
    assert.deepEqual(await linesOf(["a\n"]), ["a"]);
  });

  it("cuts what has no end", async () => {
    const lines = await linesOf(new Array(40).fill("x".repeat(5000)));
    assert.equal(lines.join("").length, 200_000);
    assert.ok(lines.length > 1 && lines.every((line) => line.length <= 1 << 16));
  });
});
