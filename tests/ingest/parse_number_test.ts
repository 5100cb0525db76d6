import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { parseDecimal, textOfBytes } from "../../src/ingest/parse_number.ts";
import { bytesOf } from "./reading.ts";

/** Parses the text where it stands among other digits. */
function parse(text: string): number {
  const bytes = bytesOf(`12${text}34`);
  return parseDecimal(bytes, 2, bytes.length - 2);
}

describe("parseDecimal", () => {
  it("gives the nearest double, as the language does", () => {
    const texts = [
      "0",
      "5",
      "3.5",
      "-2",
      "+7",
      "0.1",
      "00012.50",
      ".5",
      "5.",
      "123456789012345",
      "0.000000000000001",
    ];
    const long = [
      "1234567890123456789",
      "0.30000000000000004",
      "9007199254740993",
      "1e3",
      "1E-3",
      "-2.5e+10",
      "1e999",
    ];
    for (const text of [...texts, ...long]) assert.equal(parse(text), Number(text), text);
  });

  it("agrees with the language on a hundred thousand numbers", () => {
    let state = 12345;
    const next = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0);
    for (let i = 0; i < 100_000; i++) {
      const digits = String(next()) + String(next());
      const whole = digits.slice(0, next() % 10), fraction = digits.slice(0, 1 + next() % 12);
      const text = `${next() % 2 ? "-" : ""}${whole}.${fraction}`;
      if (parse(text) !== Number(text) + 0) assert.equal(parse(text), Number(text), text);
    }
  });

  it("never gives minus zero", () => {
    for (const text of ["-0", "-0.00", "-0e5"]) assert.ok(Object.is(parse(text), 0), text);
  });

  it("gives NaN for what is no decimal number", () => {
    const wrong = [
      "",
      "-",
      ".",
      "+.",
      "abc",
      "1,5",
      "1 ",
      " 1",
      "0x10",
      "1_000",
      "1.2.3",
      "--1",
      "1e",
      "NaN",
      "Infinity",
      "４",
    ];
    for (const text of wrong) assert.ok(Number.isNaN(parse(text)), JSON.stringify(text));
    assert.ok(Number.isNaN(parse("1".repeat(5000))));
  });
});

describe("textOfBytes", () => {
  it("gives a character for each byte of the range", () => {
    assert.equal(textOfBytes(Uint8Array.of(65, 66, 0xe9, 67), 1, 3), "Bé");
  });
});
