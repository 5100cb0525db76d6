import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { snappyDecompress } from "../../../src/adapters/kafka/snappy.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytesOf = (ascii: string) => [...ascii].map((char) => char.charCodeAt(0));

describe("snappyDecompress", () => {
  // By hand after format_description.txt: the length, then tags.
  it("reads literals and copies of each kind", () => {
    assert.equal(snappyDecompress(Uint8Array.of(0)).length, 0);
    assert.equal(text(snappyDecompress(Uint8Array.of(3, 2 << 2, ...bytesOf("abc")))), "abc");
    // A literal "ab"; a copy of 4 from 2 back, tag kind 1.
    assert.equal(text(snappyDecompress(Uint8Array.of(6, 1 << 2, ...bytesOf("ab"), 1, 2))), "ababab");
    // The same by kinds 2 and 3, whose count has no 4 in it.
    assert.equal(
      text(snappyDecompress(Uint8Array.of(6, 1 << 2, ...bytesOf("ab"), (3 << 2) | 2, 2, 0))),
      "ababab",
    );
    const far = Uint8Array.of(6, 1 << 2, ...bytesOf("ab"), (3 << 2) | 3, 2, 0, 0, 0);
    assert.equal(text(snappyDecompress(far)), "ababab");
    // 300 literals: the length takes two bytes, the tag says 61 and the count less one follows in two.
    const long = bytesOf("x".repeat(300));
    assert.equal(snappyDecompress(Uint8Array.of(0xac, 0x02, 61 << 2, 0x2b, 0x01, ...long)).length, 300);
  });

  it("reads the frames of snappy-java", () => {
    const header = [0x82, ...bytesOf("SNAPPY"), 0, 0, 0, 0, 1, 0, 0, 0, 1];
    const block = (
      ascii: string,
    ) => [0, 0, 0, ascii.length + 2, ascii.length, (ascii.length - 1) << 2, ...bytesOf(ascii)];
    assert.equal(
      text(snappyDecompress(Uint8Array.from([...header, ...block("one "), ...block("two")]))),
      "one two",
    );
    assert.throws(() => snappyDecompress(Uint8Array.from([...header, 0, 0, 0, 9, 1])), OutsideFailure);
  });

  it("refuses what is torn, whatever is missing", () => {
    const whole = Uint8Array.of(8, 3 << 2, ...bytesOf("abcd"), 1, 4);
    assert.equal(text(snappyDecompress(whole)), "abcdabcd");
    for (let length = 0; length < whole.length; length++) {
      assert.throws(() => snappyDecompress(whole.subarray(0, length)), OutsideFailure, `${length} bytes`);
    }
    assert.throws(
      () => snappyDecompress(Uint8Array.of(5, 0, 97, 1, 3)),
      OutsideFailure,
      "a copy from before the start",
    );
    assert.throws(
      () => snappyDecompress(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0)),
      OutsideFailure,
      "4 GB",
    );
  });
});
