import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { crc32c } from "../../../src/adapters/kafka/crc32c.ts";

/** Bit by bit, as the polynomial is defined. */
function plainCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("crc32c", () => {
  it("gives what RFC 3720 has", () => {
    assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c);
  });

  it("is the plain one for every length and place in memory", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i * i + 7);
    for (let from = 0; from < 17; from++) {
      for (let to = from; to <= bytes.length; to++) {
        const part = bytes.subarray(from, to);
        assert.equal(crc32c(part), plainCrc32c(part), `${from} to ${to}`);
      }
    }
  });
});
