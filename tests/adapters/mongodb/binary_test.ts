import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Binary } from "mongodb";
import { binaryOf, bytesOf, doublesOf, floatsOf, wordsOf } from "../../../src/adapters/mongodb/binary.ts";
import { joinBytes } from "../../../src/domain/join_bytes.ts";

/** As the driver gives it: a view in the middle of a message. */
function received(binary: Binary, at: number): Binary {
  const message = new Uint8Array(at + binary.position + 9).fill(0xee);
  message.set(binary.buffer.subarray(0, binary.position), at);
  return new Binary(message.subarray(at, at + binary.position));
}

describe("binaries", () => {
  it("give arrays back to the bit, from any place in a message", () => {
    const words = Uint32Array.of(0, 1, 0xffffffff), floats = Float32Array.of(-0, 1e-40, Infinity, 0.1);
    const doubles = Float64Array.of(-0, 5e-324, 123456789.123456789, -Infinity);
    for (const at of [0, 1, 3, 8]) {
      assert.deepEqual(wordsOf(received(binaryOf(words), at)), words);
      assert.deepEqual(floatsOf(received(binaryOf(floats), at)), floats);
      assert.deepEqual(doublesOf(received(binaryOf(doubles), at)), doubles);
    }
  });

  it("are of a part of an array where a part is given", () => {
    const part = Uint32Array.of(9, 8, 7, 6).subarray(1, 3);
    assert.deepEqual([...bytesOf(binaryOf(part))], [8, 0, 0, 0, 7, 0, 0, 0]);
  });

  it("give bytes that are the caller's own", () => {
    const binary = binaryOf(Uint8Array.of(1, 2)), bytes = bytesOf(binary);
    bytes.fill(0);
    assert.deepEqual(bytesOf(binary), Uint8Array.of(1, 2));
  });
});

describe("joined", () => {
  it("puts parts one after the other", () => {
    assert.deepEqual(
      joinBytes([Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)]),
      Uint8Array.of(1, 2, 3),
    );
    assert.deepEqual(joinBytes([]), new Uint8Array());
  });
});
