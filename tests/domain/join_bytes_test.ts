import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { joinBytes } from "../../src/domain/join_bytes.ts";

describe("joinBytes", () => {
  it("puts parts one after the other, and shares no room with them", () => {
    const room = Uint8Array.of(9, 1, 2, 9), part = room.subarray(1, 3);
    const whole = joinBytes([part, new Uint8Array(0), Uint8Array.of(3)]);
    assert.deepEqual([...whole], [1, 2, 3]);
    assert.deepEqual([whole.byteOffset, whole.buffer.byteLength], [0, 3]);
    room.fill(0);
    assert.deepEqual([...whole], [1, 2, 3]);
    assert.equal(joinBytes([]).length, 0);
  });
});
