import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { DecimalReader } from "../../../src/online/streams/decimal.ts";
import { Random } from "../../../src/synthesize/random.ts";

const encoder = new TextEncoder(), reader = new DecimalReader();

function read(text: string): number {
  return reader.read(encoder.encode(`x${text},9`), 1);
}

describe("DecimalReader", () => {
  it("gives what Number gives, to the last bit, for almost all numbers", () => {
    const random = Random.seeded(1), count = 60_000;
    const kinds = [
      () => String(random.uniform()),
      () => String(100 * random.normal()),
      () => String(1e6 * (random.uniform() - 0.5)),
      () => String(1e-3 * random.uniform()),
      () => (random.below(100_000) / 100).toFixed(2),
      () => String(random.nextUint32() * 2 ** 20 + random.below(2 ** 20)),
      () => random.normal().toFixed(random.below(17)),
      // Halfway between two doubles, or next to it.
      () => `${2 ** 53 + 2 * random.below(1000) + 1}`,
      () =>
        `0.${String(random.nextUint32()).padStart(10, "0")}${String(random.below(10 ** 6)).padStart(6, "0")}`,
    ];
    let left = 0;
    for (let i = 0; i < count; i++) {
      const text = kinds[i % kinds.length](), value = read(text);
      if (Number.isNaN(value)) left++;
      else {
        assert.ok(Object.is(value, Number(text)), `${text}: ${value}`);
        assert.equal(reader.end, 1 + text.length, text);
      }
    }
    // Small numbers whose 17 digits are followed by an exponent, and hardly any else.
    assert.ok(left < 0.01 * count, `${left} of ${count} were left to the caller`);
  });

  it("knows 0 with its sign, and stops at what is no digit", () => {
    assert.ok(Object.is(read("0"), 0));
    assert.ok(Object.is(read("-0"), -0));
    assert.ok(Object.is(read("-0.00"), -0));
    assert.equal(reader.read(encoder.encode("12}"), 0), 12);
    assert.equal(reader.read(encoder.encode("12"), 0), 12, "the end of the bytes");
  });

  it("leaves to the caller what JSON does not call a number, and what takes more digits", () => {
    const texts = ["", "-", "+1", "01", "-01", "00", "1.", ".5", "-.5", "1.2.3", "a", "1e5", "1E5", "1.5e-7"];
    for (const text of [...texts, "123456789012345678", "0.12345678901234567890123"]) {
      assert.ok(Number.isNaN(read(text)), text);
    }
  });
});
