import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import type { NewEventColumns } from "../../src/domain/event.ts";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import { importFile, type ImportOptions, type ImportReport } from "../../src/ingest/import_file.ts";
import type { ColumnsAppended } from "../../src/ports/event_log.ts";
import { bytesOf, chunksOf } from "./reading.ts";

const TEXT = "a,x,1\nb,y,2\na,x,1\nc,z,3\n";

function importText(
  log: MemoryEventLog,
  content: string | Uint8Array,
  options: Partial<ImportOptions> = {},
): Promise<ImportReport> {
  return importFile({ chunks: chunksOf(content), log, sourceName: "file", ...options });
}

function countsOf({ rows, accepted, duplicates, rejectedCount }: ImportReport): number[] {
  return [rows, accepted, duplicates, rejectedCount];
}

describe("importFile", () => {
  it("appends every row, equal ones too", async () => {
    const log = new MemoryEventLog();
    const report = await importText(log, TEXT);
    assert.deepEqual(countsOf(report), [4, 4, 0, 0]);
    assert.equal(report.end, "whole");
    assert.equal((await log.eventsOfUser("a", { limit: 9 })).length, 2);
  });

  it("changes nothing when the same file comes again, and adds only what a file has grown by", async () => {
    const log = new MemoryEventLog();
    await importText(log, TEXT);
    assert.deepEqual(countsOf(await importText(log, TEXT, { batchCount: 1 })), [4, 0, 4, 0]);
    assert.deepEqual(countsOf(await importText(log, TEXT + "a,x,1\nd,x,1\n")), [6, 2, 4, 0]);
    assert.equal(await log.end(), 6);
    assert.deepEqual(countsOf(await importText(log, TEXT, { sourceName: "other" })), [4, 4, 0, 0]);
  });

  it("counts bad rows by reason with their first lines, and goes on", async () => {
    const log = new MemoryEventLog(), seen: number[] = [];
    const bad = Array.from({ length: 7 }, (_, i) => `u,i${i},x\n`).join("");
    const onReject = ({ line }: { line: number }) => void seen.push(line);
    const report = await importText(log, `a,x,1\n${bad},x,1\nb,y,2\n`, { onReject });
    assert.deepEqual(countsOf(report), [10, 2, 0, 8]);
    assert.deepEqual(report.rejected, {
      notANumber: { count: 7, lines: [2, 3, 4, 5, 6] },
      emptyId: { count: 1, lines: [9] },
    });
    assert.deepEqual(seen, [2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("when strict, takes the rows before the first bad one and nothing after it", async () => {
    const log = new MemoryEventLog();
    const text = `${TEXT}bad,row,NaN\ne,e,5\nworse\n`;
    for (const batchCount of [1, 32]) {
      const report = await importText(log, text, {
        strict: true,
        batchCount,
        sourceName: `file-${batchCount}`,
      });
      assert.deepEqual(countsOf(report), [5, 4, 0, 1]);
      assert.equal(report.end, "badRow");
      assert.match(report.problem!, /^line 5 \("bad,row,NaN"\): value is not finite/);
    }
    assert.equal((await log.eventsOfUser("e", { limit: 1 })).length, 0);
  });

  it("keeps the rows before a failure of the bytes, and says what it was", async () => {
    async function* broken() {
      yield bytesOf(TEXT + "d,w");
      throw new OutsideFailure("the data is cut short");
    }
    const log = new MemoryEventLog();
    const report = await importFile({ chunks: broken(), log, sourceName: "file" });
    assert.deepEqual([report.end, report.problem, report.accepted], ["failure", "the data is cut short", 4]);
    assert.deepEqual(countsOf(await importText(log, TEXT + "d,w,5\n")), [5, 1, 4, 0]);
  });

  it("stops when it is interrupted; what is in is not imported again", async () => {
    const interrupt = new AbortController(), log = new MemoryEventLog();
    const text = Array.from({ length: 100 }, (_, i) => `u${i},i,1\n`).join("");
    const onProgress = (rows: number) => rows >= 20 && interrupt.abort();
    const report = await importText(log, text, { batchCount: 10, signal: interrupt.signal, onProgress });
    assert.equal(report.end, "interrupted");
    assert.ok(report.accepted >= 20 && report.accepted < 100);
    assert.equal(report.accepted, await log.end());
    assert.deepEqual(countsOf(await importText(log, text)), [100, 100 - report.accepted, report.accepted, 0]);
  });

  it("throws for a format it cannot understand, with nothing changed; an empty file is no failure", async () => {
    const log = new MemoryEventLog();
    await assert.rejects(importText(log, "what is this\n"), BadInput);
    const report = await importText(log, "");
    assert.deepEqual([...countsOf(report), report.end, report.format], [0, 0, 0, 0, "whole", undefined]);
    assert.equal(await log.end(), 0);
  });

  it("says how far it came when the log fails", async () => {
    class FullLog extends MemoryEventLog {
      override async appendColumns(columns: NewEventColumns): Promise<ColumnsAppended> {
        if (await this.end() >= 2) throw new OutsideFailure("the disk is full");
        return super.appendColumns(columns);
      }
    }
    const importing = importText(new FullLog(), TEXT, { batchCount: 1 });
    await assert.rejects(importing, (error: Error) => {
      assert.ok(error instanceof OutsideFailure);
      assert.match(
        error.message,
        /^the import of "file" stopped after 2 rows.*run it again.*the disk is full/,
      );
      return true;
    });
  });

  it("reports a conflict as a bad row, and stops at it when strict", async () => {
    const log = new MemoryEventLog();
    await log.append([{ eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 0 }]);
    const lines = ['{"userId":"u","itemId":"i","eventId":"e","value":2}', '{"userId":"v","itemId":"i"}'];
    const report = await importText(log, lines.join("\n"));
    assert.deepEqual(report.rejected, { conflict: { count: 1, lines: [1] } });
    assert.deepEqual(countsOf(report), [2, 1, 0, 1]);
    assert.equal((await importText(log, lines.join("\n"), { strict: true })).end, "badRow");
  });
});
