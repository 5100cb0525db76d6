import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ImportTally } from "../../src/ingest/import_tally.ts";

describe("ImportTally", () => {
  it("counts by reason, most frequent first, with the first five lines", () => {
    const tally = new ImportTally();
    tally.accepted = 10, tally.duplicates = 2;
    tally.reject("badTime", 3);
    for (let line = 4; line < 12; line++) tally.reject("emptyId", line);
    assert.deepEqual(Object.entries(tally.rejected()), [
      ["emptyId", { count: 8, lines: [4, 5, 6, 7, 8] }],
      ["badTime", { count: 1, lines: [3] }],
    ]);
    assert.deepEqual([tally.rejectedCount, tally.rows], [9, 21]);
  });
});
