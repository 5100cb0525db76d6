import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { formatWish } from "../../../src/commands/import/format_flags.ts";
import { BadInput } from "../../../src/domain/failure.ts";

describe("formatWish", () => {
  it("reads columns in their order, empty for none", () => {
    assert.deepEqual(formatWish({ columns: "who, what,,4", format: "csv", delimiter: ";" }), {
      format: "csv",
      columns: ["who", "what", "", "4"],
      delimiter: ";",
    });
    assert.deepEqual(formatWish({}), { format: undefined, columns: undefined, delimiter: undefined });
  });

  it("refuses what it does not know, and says what it takes", () => {
    assert.throws(
      () => formatWish({ format: "xls" }),
      /--format was given "xls".*csv, tsv, dat, ndjson, lists/,
    );
    for (const columns of ["1", "1,2,3,4,5", ",2", "1,"]) {
      assert.throws(() => formatWish({ columns }), BadInput, columns);
    }
  });
});
