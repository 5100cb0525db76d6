import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import type { NewEventColumns } from "../../src/domain/event.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import type { ColumnsAppended } from "../../src/ports/event_log.ts";
import { type Appended, BatchAppender } from "../../src/ingest/batch_appender.ts";
import type { Batch } from "../../src/ingest/row_collector.ts";
import { read } from "./reading.ts";

/** A log whose appends wait until they are let go, and which may lose its disk. */
class SlowLog extends MemoryEventLog {
  readonly waiting: (() => void)[] = [];
  isBroken = false;

  override async appendColumns(columns: NewEventColumns): Promise<ColumnsAppended> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.isBroken) throw new OutsideFailure("the disk is full");
    return super.appendColumns(columns);
  }
}

async function batchesOf(text: string): Promise<Batch[]> {
  return (await read(text, { batchCount: 1 })).batches;
}

describe("BatchAppender", () => {
  it("has two batches under way, and waits for the first before it takes a third", async () => {
    const log = new SlowLog(), appended: Appended[] = [];
    const appender = new BatchAppender(log, (one) => appended.push(one));
    const [a, b, c] = await batchesOf("1,2\n3,4\n1,2\n");
    await appender.append(a);
    await appender.append(b);
    let isTaken = false;
    const third = appender.append(c).then(() => isTaken = true);
    await new Promise((resolve) => setTimeout(resolve));
    assert.deepEqual([log.waiting.length, isTaken], [2, false]);
    log.waiting[0]();
    await third;
    assert.deepEqual([log.waiting.length, appended.length], [3, 1]);
    log.waiting.forEach((go) => go());
    await appender.drain();
    assert.deepEqual(appended.map(({ created }) => created), [1, 1, 1]);
    assert.equal(await log.end(), 3);
  });

  it("throws what the log throws, and can wait for the rest without it", async () => {
    const log = new SlowLog(), appender = new BatchAppender(log, () => {});
    log.isBroken = true;
    for (const batch of await batchesOf("1,2\n3,4\n")) await appender.append(batch);
    log.waiting.forEach((go) => go());
    await assert.rejects(appender.drain(), /disk is full/);
    await appender.abandon();
    await appender.drain();
  });

  it("tells duplicates and conflicts of named events, these with their place", async () => {
    const log = new MemoryEventLog(), appended: Appended[] = [];
    const event = { userId: "u", itemId: "i", eventId: "e", value: 1, timeMs: 0 };
    await log.append([event]);
    const lines = [{ ...event, value: 2 }, event, { ...event, eventId: "f" }].map(({ timeMs: _, ...one }) =>
      one
    );
    const { batches } = await read(lines.map((line) => JSON.stringify(line)).join("\n"));
    const appender = new BatchAppender(log, (one) => appended.push(one));
    for (const batch of batches) await appender.append(batch);
    await appender.drain();
    const [{ created, duplicates, conflicts }] = appended;
    assert.deepEqual([created, duplicates], [1, 1]);
    assert.deepEqual(conflicts.map(({ reason, line }) => [reason, line]), [["conflict", 1]]);
    assert.equal(new TextDecoder().decode(conflicts[0].bytes), JSON.stringify(lines[0]) + "\n");
  });
});
