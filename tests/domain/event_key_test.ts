import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventIdOfKey, hash128, hash128OfWords, keyOfEventId } from "../../src/domain/event_key.ts";

function hashOf(text: string, seed = 0): string {
  const bytes = new TextEncoder().encode(`__${text}__`), out = new Uint32Array(6);
  hash128(bytes, 2, bytes.length - 2, out, 1, seed);
  assert.deepEqual([out[0], out[5]], [0, 0], "wrote outside its four words");
  return Array.from(out.subarray(1, 5), (word) => word.toString(16).padStart(8, "0")).join("");
}

describe("hash128", () => {
  it("is MurmurHash3_x86_128: values of the mmh3 package (Python), x64arch=False", () => {
    assert.equal(hashOf(""), "00000000000000000000000000000000");
    assert.equal(hashOf("a"), "a794933c5556b01b5556b01b5556b01b");
    assert.equal(hashOf("The quick brown fox jumps over the lazy dog"), "2f1583c3ecee2c675d7bf66ce5e91d2c");
  });

  it("gives another hash for every length of tail and every seed", () => {
    const text = "0123456789abcdef0123456789abcdef";
    const hashes = new Set(Array.from({ length: 33 }, (_, length) => hashOf(text.slice(0, length))));
    for (let seed = 1; seed <= 10; seed++) hashes.add(hashOf(text, seed));
    assert.equal(hashes.size, 43);
  });
});

describe("hash128OfWords", () => {
  it("is hash128 of the words' little-endian bytes, for every length of tail", () => {
    const words = Uint32Array.from({ length: 13 }, (_, i) => Math.imul(i + 1, 0x9e3779b9));
    const view = new DataView(new ArrayBuffer(4 * words.length));
    words.forEach((word, i) => view.setUint32(4 * i, word, true));
    for (let count = 0; count <= words.length; count++) {
      const expected = new Uint32Array(4), out = new Uint32Array(6);
      hash128(new Uint8Array(view.buffer), 0, 4 * count, expected, 0);
      hash128OfWords(words, count, out, 1);
      assert.deepEqual([...out], [0, ...expected, 0]);
    }
  });
});

describe("keyOfEventId", () => {
  it("gives back the key of an imported row's id", () => {
    const key = Uint32Array.of(0, 1, 0xffffffff, 0x89abcdef);
    assert.equal(eventIdOfKey(key), "row-0000000000000001ffffffff89abcdef");
    assert.deepEqual(keyOfEventId(eventIdOfKey(key)), key);
  });

  it("hashes any other id, also one that only looks alike", () => {
    const like = "row-0000000000000001FFFFFFFF89ABCDEF";
    assert.notDeepEqual(keyOfEventId(like), Uint32Array.of(0, 1, 0xffffffff, 0x89abcdef));
    assert.deepEqual(keyOfEventId("a"), Uint32Array.of(0xa794933c, 0x5556b01b, 0x5556b01b, 0x5556b01b));
  });
});
