import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BlockBuffer } from "../../../src/adapters/embedded/block_buffer.ts";

describe("BlockBuffer", () => {
  it("gives what was added as a block, and is empty again", () => {
    const buffer = new BlockBuffer();
    buffer.add(1, 2, 0.5, 1000, Uint32Array.of(0, 5, 6, 7, 8), 1);
    buffer.addExtra(null, null);
    buffer.add(3, 4, 1.5, 2000, Uint32Array.of(9, 10, 11, 12), 0);
    buffer.addExtra("id", "click");
    assert.equal(buffer.count, 2);
    assert.deepEqual(buffer.take(70), {
      first: 70,
      count: 2,
      users: Uint32Array.of(1, 3),
      items: Uint32Array.of(2, 4),
      values: Float64Array.of(0.5, 1.5),
      timesMs: Float64Array.of(1000, 2000),
      keys: Uint32Array.of(5, 6, 7, 8, 9, 10, 11, 12),
      extras: [[1, "id", "click"]],
    });
    assert.equal(buffer.count, 0);
    assert.deepEqual(buffer.take(72).extras, []);
  });

  it("grows by itself and by demand", () => {
    const buffer = new BlockBuffer();
    buffer.reserve(3);
    for (let i = 0; i < 1000; i++) {
      if (i === 100) buffer.reserve(300);
      buffer.add(i, 2 * i, 3 * i, 4 * i, Uint32Array.of(i, 0, 0, i), 0);
    }
    const block = buffer.take(0);
    for (const i of [0, 63, 64, 99, 100, 399, 999]) {
      const row = [block.users[i], block.items[i], block.values[i], block.timesMs[i], block.keys[4 * i + 3]];
      assert.deepEqual(row, [i, 2 * i, 3 * i, 4 * i, i]);
    }
  });
});
