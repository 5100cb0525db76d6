import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { murmur2, partitionOf } from "../../src/domain/partitioner.ts";

/** Kafka's own test: org.apache.kafka.common.utils.UtilsTest.testMurmur2. */
const PUBLISHED: readonly [string, number][] = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
];

const bytes = (text: string) => new TextEncoder().encode(text);

describe("murmur2", () => {
  it("gives the values that Kafka publishes", () => {
    for (const [text, hash] of PUBLISHED) assert.equal(murmur2(bytes(text)), hash, text);
  });

  it("takes bytes from 128 on as unsigned", () => {
    const plain = murmur2(Uint8Array.of(0xff, 0x80, 0xfe, 0x7f, 0x9c));
    // The same five bytes inside a larger buffer.
    assert.equal(murmur2(Uint8Array.of(1, 0xff, 0x80, 0xfe, 0x7f, 0x9c, 2).subarray(1, 6)), plain);
    assert.notEqual(plain, murmur2(Uint8Array.of(0x7f, 0, 0x7e, 0x7f, 0x1c)));
  });
});

describe("partitionOf", () => {
  it("takes the lower 31 bits, as Kafka's toPositive does", () => {
    for (const [text, hash] of PUBLISHED) {
      // In whole numbers without bit operations: a negative hash plus 2^31 (two's complement without its sign).
      const positive = hash < 0 ? hash + 2 ** 31 : hash;
      for (const count of [1, 3, 12, 50]) assert.equal(partitionOf(bytes(text), count), positive % count);
    }
  });

  it("takes the empty key", () => {
    assert.ok([0, 1, 2].includes(partitionOf(new Uint8Array(0), 3)));
  });
});
