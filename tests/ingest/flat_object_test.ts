import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ABSENT, FlatObject, NUMBER, TEXT } from "../../src/ingest/flat_object.ts";
import { bytesOf, read } from "./reading.ts";

const NAMES = ["userId", "itemId", "value"];

/** What it finds, by name, as text; undefined where it leaves the line to JSON.parse. */
function found(line: string): Record<string, string> | undefined {
  const flat = new FlatObject(NAMES, ["type"]), bytes = bytesOf(`xx${line}\n`);
  if (!flat.read(bytes, 2, bytes.length - 1)) return undefined;
  const values: Record<string, string> = {};
  NAMES.forEach((name, k) => {
    const text = new TextDecoder().decode(bytes.subarray(flat.starts[k], flat.ends[k]));
    if (flat.kinds[k] !== ABSENT) values[name] = flat.kinds[k] === TEXT ? `"${text}"` : text;
    assert.ok([ABSENT, TEXT, NUMBER].includes(flat.kinds[k]));
  });
  return values;
}

describe("FlatObject", () => {
  it("finds texts and numbers in any order, among other properties", () => {
    assert.deepEqual(found('{"userId":"ü","itemId":"","value":-0.5}'), {
      userId: '"ü"',
      itemId: '""',
      value: "-0.5",
    });
    assert.deepEqual(found(' { "other" : 5 , "value":12,"userId" :"a,b}" }  \r'), {
      value: "12",
      userId: '"a,b}"',
    });
  });

  it("leaves to JSON.parse what is not simple or not JSON", () => {
    const lines = [
      "{}",
      '{"userId":"a\\"b"}',
      '{"user\\u0049d":"a"}',
      '{"userId":null}',
      '{"other":[1]}',
      '{"other":{"userId":"x"}}',
      '{"other":"ü"}',
      '{"type":"view"}',
      '{"userId":"a","userId":"b"}',
      '{"value":1e3}',
      '{"value":01}',
      '{"value":.5}',
      '{"value":5.}',
      '{"value":-}',
      '{"value":+1}',
      '{"value":1 2}',
      '{"userId":"a"',
      '{"userId":"a',
      '{"userId":"a"}}',
      '{"userId":"a",}',
      '{"userId":"a\tb"}',
      '{"userId" "a"}',
      "{userId:1}",
      "[1]",
      "",
    ];
    for (const line of lines) assert.equal(found(line), undefined, line);
  });
});

describe("NDJSON by the short way", () => {
  it("gives the same rows, ids and refusals as by the long way", async () => {
    let state = 31;
    const pick = <T>(from: readonly T[]): T =>
      from[(state = (Math.imul(state, 1664525) + 1013904223) >>> 9) % from.length];
    const ids = [
      '"a"',
      '"b c"',
      '"é"',
      '"👍"',
      '""',
      `"${"x".repeat(257)}"`,
      "5",
      "-5",
      "0",
      "1.5",
      "12345678901234567",
      "null",
      '"\x7f"',
    ];
    const values = ["1", "4.5", "-2", "0", "99", "1e2", '"5"', "null", "true", "0.30000000000000004"];
    const times = ["978300760", "978300760000", '"2020-01-01"', '"soon"', '""', "-1", "1e12", "null", "5.5"];
    const lines = Array.from({ length: 4000 }, () => {
      const fields = [`"userId":${pick(ids)}`, `"itemId":${pick(ids)}`];
      if (pick([true, false])) fields.push(`"value":${pick(values)}`);
      if (pick([true, false])) fields.push(`"time":${pick(times)}`);
      if (pick([true, false, false])) fields.push(`"note":${pick(['"n"', "7", "[]"])}`);
      return pick(["", " "]) + `{${fields.join(pick([",", " , "]))}}` + pick(["", "\r", "}"]);
    });
    const rules = { minValue: -10, maxValue: 10, timeUnit: "auto" as const };
    const options = { rules, wish: { format: "ndjson" as const } };
    const short = await read(lines.join("\n"), options);
    // An escaped letter in a name of its own sends every line the long way, and is the same JSON.
    const long = await read(lines.map((line) => line.replace("{", '{"\\u0061":1,')).join("\n"), options);
    const plain = ({ rejects }: typeof short) => rejects.map(({ line, reason }) => `${line} ${reason}`);
    assert.ok(short.rows.length > 300 && short.rejects.length > 300);
    assert.deepEqual(plain(short), plain(long));
    assert.deepEqual(short.rows, long.rows);
    assert.deepEqual(short.eventIds, long.eventIds);
  });
});
