import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MAX_TIME_MS, timeOfNumber, timeOfText } from "../../src/ingest/parse_time.ts";

describe("timeOfNumber", () => {
  it("takes what is below 1e11 for seconds where it must guess, and only there", () => {
    assert.equal(timeOfNumber(978300760, "auto"), Date.parse("2000-12-31T22:12:40Z"));
    assert.equal(timeOfNumber(978300760000, "auto"), Date.parse("2000-12-31T22:12:40Z"));
    assert.equal(timeOfNumber(99_999_999_999, "auto"), 99_999_999_999_000);
    assert.equal(timeOfNumber(1000, "milliseconds"), 1000);
    assert.equal(timeOfNumber(200_000_000_000, "seconds"), 200_000_000_000_000);
  });

  it("rounds to whole milliseconds", () => {
    assert.equal(timeOfNumber(1.2346, "seconds"), 1235);
    assert.ok(Object.is(timeOfNumber(-0.1, "milliseconds"), 0));
  });

  it("refuses what lies outside 1970 to 9999", () => {
    assert.equal(timeOfNumber(MAX_TIME_MS, "milliseconds"), Date.parse("9999-12-31T23:59:59.999Z"));
    for (const time of [MAX_TIME_MS + 1, -1, NaN, Infinity, 1.7e15]) {
      assert.ok(Number.isNaN(timeOfNumber(time, "milliseconds")), String(time));
    }
  });
});

describe("timeOfText", () => {
  it("reads ISO 8601 as the language does, where both accept it", () => {
    for (
      const text of [
        "2024-02-29",
        "2024-02-29T12:30Z",
        "2024-02-29T12:30:05.125+01:30",
        "1999-12-31T23:59:59-11:00",
      ]
    ) {
      assert.equal(timeOfText(text), Date.parse(text), text);
    }
  });

  it("reads a time without a zone as UTC, a space as T, zones without a colon, and longer fractions", () => {
    const noon = Date.parse("2024-05-06T12:00:00Z");
    for (
      const text of [
        "2024-05-06T12:00:00",
        "2024-05-06 12:00",
        "2024-05-06T14:00:00+0200",
        "2024-05-06 12:00:00 +00",
      ]
    ) {
      assert.equal(timeOfText(text), noon, text);
    }
    assert.equal(timeOfText("2024-05-06T12:00:00.579999"), noon + 579);
    assert.equal(timeOfText("2024-05-06T12:00:00,5Z"), noon + 500);
  });

  it("refuses dates that do not exist and everything else", () => {
    const wrong = [
      "2023-02-29",
      "2024-13-01",
      "2024-00-10",
      "2024-01-01T24:00",
      "2024-01-01T10:60",
      "1969-12-31",
      "0099-01-01",
    ];
    const others = [
      "",
      "yesterday",
      "01/02/2024",
      "2024-1-1",
      "2024-01-01T10:00+99:00",
      "2024-01-01T10:00+01:75",
      "12345",
    ];
    for (const text of [...wrong, ...others]) assert.ok(Number.isNaN(timeOfText(text)), text);
  });
});
