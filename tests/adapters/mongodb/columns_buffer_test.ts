import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ColumnsBuffer } from "../../../src/adapters/mongodb/columns_buffer.ts";

describe("ColumnsBuffer", () => {
  it("gives what was added, as often as it is emptied, beyond its first room", () => {
    const buffer = new ColumnsBuffer(5000);
    for (const base of [0, 1e10]) {
      for (let i = 0; i < 5000; i++) {
        assert.equal(buffer.isFull, false);
        buffer.add(base + i, i, 2 * i, i / 3, -i);
      }
      assert.ok(buffer.isFull);
      const taken = buffer.take();
      assert.equal(taken.count, 5000);
      assert.deepEqual(taken.offsets, Float64Array.from({ length: 5000 }, (_, i) => base + i));
      assert.deepEqual(taken.users, Uint32Array.from({ length: 5000 }, (_, i) => i));
      assert.deepEqual(taken.items, Uint32Array.from({ length: 5000 }, (_, i) => 2 * i));
      assert.deepEqual(taken.values, Float64Array.from({ length: 5000 }, (_, i) => i / 3));
      assert.deepEqual(taken.timesMs, Float64Array.from({ length: 5000 }, (_, i) => -i));
      assert.equal(buffer.count, 0);
    }
  });

  it("gives arrays that nobody writes into again", () => {
    const buffer = new ColumnsBuffer(2);
    buffer.add(1, 1, 1, 1, 1);
    const { users } = buffer.take();
    buffer.add(2, 2, 2, 2, 2);
    assert.deepEqual(users, Uint32Array.of(1));
  });

  it("holds one event, and fewer than its first room", () => {
    const one = new ColumnsBuffer(1);
    one.add(3, 4, 5, 6, 7);
    assert.ok(one.isFull);
    assert.equal(one.take().offsets[0], 3);
  });
});
