import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { refusalOfNumber, timeOfBytes } from "../../src/ingest/read_field.ts";
import { bytesOf } from "./reading.ts";

describe("timeOfBytes", () => {
  it("takes numbers and ISO 8601, nothing for no time, and NaN for the rest", () => {
    const timeOf = (text: string) => timeOfBytes(bytesOf(`,${text},`), 1, bytesOf(text).length + 1, "auto");
    assert.equal(timeOf(""), 0);
    assert.equal(timeOf("978300760"), 978300760000);
    assert.equal(timeOf("978300760.25"), 978300760250);
    assert.equal(timeOf("2000-12-31 22:12:40"), 978300760000);
    for (const text of ["soon", "-5", "NaN", "1e30", "2000-12-31".repeat(5)]) {
      assert.ok(Number.isNaN(timeOf(text)), text);
    }
  });
});

describe("refusalOfNumber", () => {
  it("knows nothing, numbers that are not finite, and other words apart", () => {
    const reasonOf = (text: string) => refusalOfNumber(bytesOf(text), 0, bytesOf(text).length).reason;
    assert.equal(reasonOf(""), "missingField");
    for (const text of ["NaN", "nan", "-inf", "+Infinity"]) assert.equal(reasonOf(text), "notFinite", text);
    for (const text of ["null", "five", "infinite", "1,5"]) assert.equal(reasonOf(text), "notANumber", text);
  });
});
