import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { MemoryViews } from "../../src/kernels/memory_views.ts";

describe("memory views", () => {
  it("are of the memory as it is, after it has grown too", () => {
    const memory = new WebAssembly.Memory({ initial: 1 }), views = new MemoryViews(memory);
    views.words[2] = 7;
    const before = views.words;
    assert.equal(views.words, before);
    memory.grow(1);
    assert.equal(before.length, 0);
    assert.deepEqual([views.words[2], views.floats.length, views.doubles.length], [7, 2 * 16_384, 2 * 8_192]);
  });
});
