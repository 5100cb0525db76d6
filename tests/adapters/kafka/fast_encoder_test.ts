import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import Encoder from "kafkajs/src/protocol/encoder.js";
import encodeRecord from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import { type LibraryEncoder, makeEncoderFast } from "../../../src/adapters/kafka/fast_encoder.ts";

interface Library {
  new (size?: number): LibraryEncoder;
  sizeOfVarLong(value: unknown): number;
}
const Library = Encoder as unknown as Library;

/** LEB128 of a zigzag number in exact arithmetic, as the protocol's description has it. */
function plainVarInt(value: bigint): number[] {
  let rest = value >= 0n ? 2n * value : -2n * value - 1n;
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const NUMBERS = [
  0,
  1,
  -1,
  63,
  64,
  -64,
  -65,
  8191,
  8192,
  2 ** 27,
  2 ** 30 - 1,
  2 ** 30,
  -(2 ** 30),
  -(2 ** 30) - 1,
];
const LONGS = [...NUMBERS, 2 ** 31, 2 ** 40, -(2 ** 40)];

describe("the library's encoder, made fast", () => {
  it("writes the numbers that the protocol describes, wherever the buffer ends", () => {
    makeEncoderFast();
    makeEncoderFast();
    for (const value of LONGS) {
      assert.deepEqual([...new Library().writeVarLong(value).buffer], plainVarInt(BigInt(value)), `${value}`);
      assert.equal(Library.sizeOfVarLong(value), plainVarInt(BigInt(value)).length);
      assert.deepEqual([...new Library().writeVarLong(BigInt(value)).buffer], plainVarInt(BigInt(value)));
    }
    for (const value of NUMBERS) {
      const unsigned = value >= 0 ? 2 * value : -2 * value - 1;
      assert.deepEqual([...new Library().writeUVarInt(unsigned).buffer], plainVarInt(BigInt(value)));
    }
    assert.deepEqual([...new Library().writeUVarInt(0xffffffff).buffer], [255, 255, 255, 255, 15]);
    const long = new Library();
    for (let i = 0; i < 1000; i++) long.writeUVarInt(300);
    assert.equal(long.buffer.length, 2000);
    assert.ok(long.buffer.every((byte, i) => byte === (i % 2 === 0 ? 0xac : 2)));
  });

  it("writes a record to the byte", () => {
    makeEncoderFast();
    const record = encodeRecord({
      offsetDelta: 200,
      timestampDelta: 3,
      key: "k",
      value: "v".repeat(300),
      headers: { a: "b" },
    });
    const body = [
      ...[0, 6, ...plainVarInt(200n), 2, 107, ...plainVarInt(300n), ...Array(300).fill(118)],
      ...[2, 2, 97, 2, 98],
    ];
    assert.deepEqual([...record.buffer], [...plainVarInt(BigInt(body.length)), ...body]);
  });
});
