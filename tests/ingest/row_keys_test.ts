import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { hash128 } from "../../src/domain/event_key.ts";
import { RowKeys } from "../../src/ingest/row_keys.ts";
import { bytesOf, read } from "./reading.ts";

/** The key as the header of row_keys.ts defines it, put together byte by byte. */
function plainKey(
  source: string,
  user: string,
  item: string,
  value: number,
  timeMs: number,
  repeats = 0,
): number[] {
  const hashed = (bytes: Uint8Array) => {
    const out = new Uint32Array(4);
    hash128(bytes, 0, bytes.length, out, 0);
    return out;
  };
  const words = (numbers: ArrayLike<number>) => {
    const view = new DataView(new ArrayBuffer(4 * numbers.length));
    for (let i = 0; i < numbers.length; i++) view.setUint32(4 * i, numbers[i], true);
    return [...new Uint8Array(view.buffer)];
  };
  const double = (number: number) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, number, true);
    return [...new Uint8Array(view.buffer)];
  };
  const ids = [...bytesOf(user), ...bytesOf(item)];
  while (ids.length % 4 !== 0) ids.push(0);
  const start = [...words(hashed(bytesOf(source))), ...double(value), ...double(timeMs)];
  const key = hashed(Uint8Array.from([...start, ...words([bytesOf(user).length]), ...ids]));
  return [...(repeats === 0 ? key : hashed(Uint8Array.from(words([...key, repeats]))))];
}

function keysOf(source: string, rows: readonly [string, string, number, number][]): number[][] {
  const keys = new RowKeys(source), out = new Uint32Array(4 * rows.length);
  rows.forEach(([user, item, value, timeMs], i) => {
    const userBytes = bytesOf(user), bytes = bytesOf(`,${user},${item},`);
    const middle = 1 + userBytes.length;
    keys.hashRow(bytes, 1, middle, middle + 1, bytes.length - 1, value, timeMs, out, 4 * i);
  });
  keys.countRepeats(out, rows.length);
  return rows.map((_, i) => [...out.subarray(4 * i, 4 * i + 4)]);
}

describe("RowKeys", () => {
  it("hashes source, user, item, value, time and the number of equal rows before", () => {
    assert.deepEqual(
      keysOf("ratings.dat", [["1", "1193", 5, 978300760000], ["ü", "", 0.5, 0], [
        "1",
        "1193",
        5,
        978300760000,
      ]]),
      [
        plainKey("ratings.dat", "1", "1193", 5, 978300760000),
        plainKey("ratings.dat", "ü", "", 0.5, 0),
        plainKey("ratings.dat", "1", "1193", 5, 978300760000, 1),
      ],
    );
  });

  it("tells apart what only reads alike when put together", () => {
    const keys = keysOf("s", [["ab", "c", 1, 0], ["a", "bc", 1, 0], ["abc", "", 1, 0], ["ab", "c", 1, 1], [
      "ab",
      "c",
      2,
      0,
    ]]);
    const others = keysOf("t", [["ab", "c", 1, 0]]);
    assert.equal(new Set([...keys, ...others].map((key) => key.join())).size, 6);
  });

  it("does not see how a row was written", async () => {
    const idsOf = async (text: string) => (await read(text)).eventIds;
    const plain = await idsOf("user,item,rating,time\n1,2,4,978300760\n3,4,0.5,978300761\n");
    const other = await idsOf(
      '"user";"item";"rating";"time"\r\n"1";2;4.0;978300760000\r\n3;"4";5e-1;2000-12-31T22:12:41Z',
    );
    assert.equal(plain.length, 2);
    assert.deepEqual(other, plain);
  });
});
