import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { BadInput } from "../../../src/domain/failure.ts";
import { CsvLines, delimiterOf, fieldsOf } from "../../../src/online/streams/csv_lines.ts";
import { Random } from "../../../src/synthesize/random.ts";

describe("delimiterOf", () => {
  it("finds what cuts the line most often", () => {
    assert.equal(delimiterOf("a,b,c"), ",");
    assert.equal(delimiterOf("1\t2\t3"), "\t");
    assert.equal(delimiterOf("1::2::3"), "::");
    assert.equal(delimiterOf('"a,b,c";d'), ";");
    assert.throws(() => delimiterOf("lonely"), BadInput);
  });
});

describe("fieldsOf", () => {
  it("agrees with a CSV library on random records with quotes, delimiters and blanks", () => {
    const random = Random.seeded(1), pieces = ["a", ",", '"', " ", "é", "1.5", ""];
    for (let round = 0; round < 300; round++) {
      const fields = Array.from(
        { length: 1 + random.below(5) },
        () => Array.from({ length: random.below(4) }, () => pieces[random.below(pieces.length)]).join(""),
      );
      const record = fields.map((field) =>
        /[",]/.test(field) || random.uniform() < 0.3 ? `"${field.replaceAll('"', '""')}"` : field
      ).join(",");
      assert.deepEqual(fieldsOf(record, ","), fields, record);
      if (record.trim() !== "") assert.deepEqual(parse(record), [fields], record);
    }
  });

  it("refuses a quote that is not closed and text behind one that is", () => {
    assert.throws(() => fieldsOf('a,"b', ","), /not closed/);
    assert.throws(() => fieldsOf('"a"b,c', ","), /after a closing quote/);
  });
});

describe("CsvLines", () => {
  it("reads numbers, texts and fields that are not there, by the names of the header", () => {
    const lines = new CsvLines({ target: "y" });
    assert.equal(lines.parse("a, color ,b,y"), undefined);
    assert.deepEqual(lines.parse("1.5,red,,-2e3"), {
      features: { a: 1.5, color: "red", b: null },
      target: -2000,
      timeMs: undefined,
    });
    assert.equal(lines.parse("  "), undefined);
    assert.deepEqual(lines.parse('.5,"1, 2",+7,up')?.features, { a: 0.5, color: "1, 2", b: 7 });
  });

  it("takes for a number only what is written as one", () => {
    const lines = new CsvLines({ target: "y", names: ["x", "y"] });
    for (const text of ["0x10", "Infinity", "NaN", "1_000", "1,5".replace(",", " "), "--1", "e5", "."]) {
      assert.equal(lines.parse(`${text},1`)?.features.x, text);
    }
    for (const text of ["007", "-0.5", "1.", "2E-3", " 4 "]) {
      assert.equal(lines.parse(`${text},1`)?.features.x, Number(text));
    }
  });

  it("takes names instead of a header, keeps texts, leaves fields out", () => {
    const format = {
      target: "rating",
      time: "time",
      names: ["user", "item", "rating", "time"],
      texts: ["user"],
    };
    assert.deepEqual(new CsvLines({ ...format, without: ["item"] }).parse("196\t242\t3\t881250949"), {
      features: { user: "196" },
      target: 3,
      timeMs: 881250949,
    });
  });

  it("reads a record that goes on in the next line", () => {
    const lines = new CsvLines({ target: "y" });
    lines.parse("text,y");
    assert.equal(lines.parse('"two'), undefined);
    assert.deepEqual(lines.parse('lines",4')?.features, { text: "two\nlines" });
    assert.deepEqual(lines.parse("one,5")?.features, { text: "one" });
  });

  it("refuses a header without the target, and a record with too few or too many fields", () => {
    assert.throws(
      () => new CsvLines({ target: "y" }).parse("a,b"),
      /target "y" in the header: it holds a, b/,
    );
    const lines = new CsvLines({ target: "y" });
    lines.parse("a,y");
    assert.throws(() => lines.parse("1,2,3"), /record of 3 fields: 2 are accepted, a, y/);
    assert.throws(() => lines.parse("1,"), /target "y"/);
    assert.equal(lines.parse("1,2")?.target, 2);
  });
});
