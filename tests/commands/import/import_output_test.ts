import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { importDocument, importTables } from "../../../src/commands/import/import_output.ts";
import type { PathReport } from "../../../src/commands/import/import_path.ts";

const REPORT: PathReport = {
  path: "data/a.csv",
  source: "a.csv",
  description: "comma separated",
  rows: 10,
  accepted: 5,
  duplicates: 1,
  rejectedCount: 4,
  rejected: { badTime: { count: 3, lines: [2, 3, 4] }, emptyId: { count: 1, lines: [7] } },
  end: "whole",
  ms: 20,
  rejects: "a.csv.rejected",
};

describe("importDocument", () => {
  it("has the shape of API.md for one file", () => {
    const { file, rows, accepted, duplicates, rejected, ms } = importDocument([REPORT]);
    assert.deepEqual({ file, rows, accepted, duplicates, rejected, ms }, {
      file: "data/a.csv",
      rows: 10,
      accepted: 5,
      duplicates: 1,
      rejected: { badTime: 3, emptyId: 1 },
      ms: 20,
    });
  });

  it("adds up several files", () => {
    const other: PathReport = {
      ...REPORT,
      path: "b",
      end: "badRow",
      problem: "line 3",
      rejected: { badTime: { count: 2, lines: [1, 2] } },
    };
    const { files, rows, accepted, rejected, titles } = importDocument([REPORT, other], 8);
    assert.deepEqual([rows, accepted, rejected, titles], [20, 10, { badTime: 5, emptyId: 1 }, 8]);
    const [, second] = files as Record<string, unknown>[];
    assert.deepEqual([second.file, second.end, second.problem], ["b", "badRow", "line 3"]);
  });
});

describe("importTables", () => {
  it("shows counts, reasons with lines, where refused rows are, and how to import them", () => {
    const text = importTables([REPORT]);
    assert.match(text, /data\/a\.csv .* 10 .* 5 .* 1 .* 4 .* 500 /);
    assert.match(text, /badTime: 3, lines 2, 3, 4\n/);
    assert.match(text, /emptyId: 1, line 7\n/);
    assert.match(text, /foz import a\.csv\.rejected --source "a\.csv"/);
    assert.ok(!text.includes("\x1b"), "no colours");
  });

  it("says when refused rows could not be kept", () => {
    assert.match(
      importTables([{ ...REPORT, rejects: undefined, rejectsProblem: "read-only" }]),
      /not kept: read-only/,
    );
  });
});
