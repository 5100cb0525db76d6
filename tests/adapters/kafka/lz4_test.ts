import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { lz4Decompress } from "../../../src/adapters/kafka/lz4.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";

const bytesOf = (ascii: string) => [...ascii].map((char) => char.charCodeAt(0));
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const MAGIC = [0x04, 0x22, 0x4d, 0x18];

/** By hand after the format's description: version 1, independent blocks, of 64 KB at most; no checksum of the contents. */
function frame(
  blocks: readonly (readonly number[])[],
  flags = 0x60,
  extra: readonly number[] = [],
): Uint8Array {
  const parts = blocks.flatMap((block) => [block.length & 255, block.length >> 8, 0, 0, ...block]);
  return Uint8Array.from([...MAGIC, flags, 0x40, ...extra, 0x82, ...parts, 0, 0, 0, 0]);
}

describe("lz4Decompress", () => {
  it("reads literals, matches that overlap, and long counts", () => {
    assert.equal(text(lz4Decompress(frame([[0x30, ...bytesOf("abc")]]))), "abc");
    // "ab", then a match of 4 + 2 from 2 back, then the literal "c".
    assert.equal(
      text(lz4Decompress(frame([[0x22, ...bytesOf("ab"), 2, 0, 0x10, ...bytesOf("c")]]))),
      "ababababc",
    );
    // One literal, then a match of 4 + 15 + 255 + 1 from 1 back.
    const run = lz4Decompress(frame([[0x1f, ...bytesOf("x"), 1, 0, 255, 1, 0x10, ...bytesOf("y")]]));
    assert.equal(text(run), `${"x".repeat(276)}y`);
  });

  it("reads several blocks, plain ones, sizes, and passes over checksums", () => {
    const plain = Uint8Array.from([
      ...frame([[0x10, ...bytesOf("a")]]).subarray(0, -4),
      2,
      0,
      0,
      0x80,
      98,
      99,
      0,
      0,
      0,
      0,
    ]);
    assert.equal(text(lz4Decompress(plain)), "abc");
    assert.equal(text(lz4Decompress(frame([[0x10, 97]], 0x68, [1, 0, 0, 0, 0, 0, 0, 0]))), "a");
    const checked = [...frame([[0x10, 97]], 0x70).subarray(0, -4), 1, 2, 3, 4, 0, 0, 0, 0];
    assert.equal(text(lz4Decompress(Uint8Array.from(checked))), "a");
    // A match that reaches into the block before.
    assert.equal(
      text(lz4Decompress(frame([[0x40, ...bytesOf("abcd")], [0x00, 4, 0, 0x10, 101]], 0x40))),
      "abcdabcde",
    );
    assert.equal(lz4Decompress(frame([])).length, 0);
  });

  it("refuses what is torn, whatever is missing", () => {
    const whole = frame([[0x22, ...bytesOf("ab"), 2, 0, 0x10, ...bytesOf("c")]]);
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => lz4Decompress(whole.subarray(0, length)), OutsideFailure, `${length} bytes`);
    }
    assert.throws(
      () => lz4Decompress(frame([[0x11, 97, 2, 0, 0x10, 98]])),
      OutsideFailure,
      "from before the start",
    );
    assert.throws(() => lz4Decompress(Uint8Array.from(bytesOf("no frame at all"))), OutsideFailure);
  });
});
