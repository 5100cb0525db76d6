import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { delimiterOf, detectDelimited } from "../../src/ingest/detect_delimited.ts";
import type { FormatWish } from "../../src/ingest/detect_format.ts";

function columnsOf(lines: string[], wish: FormatWish = {}): { hasHeader: boolean; places: number[] } {
  const { hasHeader, columns } = detectDelimited(lines, delimiterOf(lines, wish), wish);
  return { hasHeader, places: [columns.user, columns.item, columns.value, columns.time] };
}

describe("delimiterOf", () => {
  it("finds the one that cuts the lines evenly", () => {
    assert.equal(delimiterOf(["1\t2\t3"], {}), "\t");
    assert.equal(delimiterOf(["1::2::3::4", "5::6::7::8"], {}), "::");
    assert.equal(delimiterOf(["a;b;3,5", "c;d;4,0"], {}), ";");
    assert.equal(delimiterOf(["1|2|3"], {}), "|");
    assert.equal(delimiterOf(["1,a|b,3", "2,a|b|c,4", "3,a,5"], {}), ",");
    assert.equal(delimiterOf(['1,"x;y;z",3', '2,"x;y;z",4'], {}), ",");
    assert.equal(delimiterOf(["broken", "1,2,3", "4,5,6"], {}), ",");
  });

  it("takes the one that is given", () => {
    assert.equal(delimiterOf(["1,2"], { delimiter: ";" }), ";");
    assert.equal(delimiterOf([], { delimiter: "tab" }), "\t");
    assert.equal(delimiterOf([], { delimiter: "\\t" }), "\t");
    assert.equal(delimiterOf(["1,2"], { format: "tsv" }), "\t");
    for (const delimiter of ["", "abc", '"', "5", "é", "\n"]) {
      assert.throws(() => delimiterOf([], { delimiter }), BadInput, JSON.stringify(delimiter));
    }
  });

  it("says what it saw when there is none", () => {
    assert.throws(() => delimiterOf(["196 242 3"], {}), /"196 242 3".*--delimiter/);
  });
});

describe("detectDelimited", () => {
  it("knows a header by its names, or by having no number where the rows have one", () => {
    assert.deepEqual(columnsOf(["user,item", "a,b"]), { hasHeader: true, places: [0, 1, -1, -1] });
    assert.deepEqual(columnsOf(["rating,when,movie,user", "5,1,m,u"]), {
      hasHeader: true,
      places: [3, 2, 0, -1],
    });
    assert.deepEqual(columnsOf(["a,b", "c,d"]), { hasHeader: false, places: [0, 1, -1, -1] });
    assert.throws(() => columnsOf(["who,what,how", "a,b,5"]), /user and item.*who, what, how.*--columns/);
    assert.throws(() => columnsOf(["user,what,how", "a,b,5"]), /holds the item/);
  });

  it("takes columns without a header by their places", () => {
    assert.deepEqual(columnsOf(["1,2"]).places, [0, 1, -1, -1]);
    assert.deepEqual(columnsOf(["1,2,5"]).places, [0, 1, 2, -1]);
    assert.deepEqual(columnsOf(["1,2,5,978300760"]).places, [0, 1, 2, 3]);
    assert.deepEqual(columnsOf(["1,2,5,comedy"]).places, [0, 1, 2, -1]);
    assert.deepEqual(columnsOf(["1,2,978300760", "1,3,978300761"]).places, [0, 1, -1, 2]);
    assert.deepEqual(columnsOf(["a,b,2024-05-06", "a,c,2024-05-07T10:00Z"]).places, [0, 1, -1, 2]);
    assert.deepEqual(columnsOf(["1,2,5,0", "1,2,x,0", "1,2"]).places, [0, 1, 2, 3]);
    assert.throws(() => columnsOf(["a,b,good", "a,c,bad"]), /third column.*"good", "bad".*--columns/);
  });

  it("takes the columns that are given, by name or place", () => {
    const header = ["when,who,what,how", "1,u,i,5"];
    assert.deepEqual(columnsOf(header, { columns: ["who", "What", "how", "when"] }), {
      hasHeader: true,
      places: [1, 2, 3, 0],
    });
    assert.deepEqual(columnsOf(header, { columns: ["2", "3", "", "1"] }).places, [1, 2, -1, 0]);
    assert.deepEqual(columnsOf(["5,i,u"], { columns: ["3", "2", "1"] }), {
      hasHeader: false,
      places: [2, 1, 0, -1],
    });
    assert.throws(
      () => columnsOf(header, { columns: ["who", "which"] }),
      /"which" for the item.*when, who, what, how/,
    );
  });

  it("reads names in quotes", () => {
    assert.deepEqual(
      columnsOf(['"user id","item ""id"""', '"a","b"'], { columns: ["1", 'item "id"'] }).places,
      [
        0,
        1,
        -1,
        -1,
      ],
    );
  });
});
