import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { EmbeddedEventLog } from "../../../src/adapters/embedded/event_log.ts";
import { LogFile } from "../../../src/adapters/embedded/log_file.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import { newColumns, type Row } from "../../contracts/new_columns.ts";
import { temporaryPath } from "./temporary_file.ts";

interface OpenLog {
  readonly database: Database;
  readonly log: EmbeddedEventLog;
}

function openLog(path: string, flushCount?: number): OpenLog {
  const database = Database.open(path);
  return { database, log: new EmbeddedEventLog(new LogFile(database, { flushCount }), { maxRunning: 1 }) };
}

function rows(start: number, count: number): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    userId: `u${(start + i) % 5}`,
    itemId: `i${(start + i) % 3}`,
    value: start + i,
    timeMs: 1000,
    key: [start + i, 1, 2, 3],
  }));
}

const EVENT = { eventId: "e", userId: "new user", itemId: "new item", value: 1, timeMs: 1 };

describe("LogFile", () => {
  for (const flushCount of [10, undefined]) {
    const name = flushCount === undefined ? "in memory" : "on the disk";
    it(`finds everything again after reopening (index ${name})`, async () => {
      const path = temporaryPath();
      const first = openLog(path, flushCount);
      await first.log.appendColumns(newColumns(rows(0, 25)));
      await first.log.append([EVENT]);
      await first.log.close();
      const { log } = openLog(path, flushCount);
      assert.equal(log.logId, first.log.logId);
      assert.equal(await log.end(), 26);
      assert.deepEqual(await log.appendColumns(newColumns(rows(20, 10))), {
        created: 5,
        duplicates: 5,
        end: 31,
      });
      assert.deepEqual(await log.append([EVENT]), [{ status: "duplicate", offset: 25 }]);
      assert.deepEqual((await log.eventsOfUser("u4", { limit: 3 })).map(({ value }) => value), [29, 24, 19]);
      assert.deepEqual(await log.userIds(), ["u0", "u1", "u2", "u3", "u4", "new user"]);
      await log.close();
    });

    it(`counts once what two connections append (index ${name})`, async () => {
      const path = temporaryPath();
      const logs = [openLog(path, flushCount).log, openLog(path, flushCount).log];
      // Every row goes to both; whoever comes second sees what the first wrote.
      let created = 0;
      for (let step = 0; step < 12; step++) {
        const log = logs[step % 2];
        created += (await log.appendColumns(newColumns(rows(step * 5, 20)))).created;
        const [{ status }] = await log.append([{ ...EVENT, eventId: `e${step >> 1}` }]);
        assert.equal(status, step % 2 === 0 ? "created" : "duplicate");
      }
      assert.equal(created, 75);
      const read = await Promise.all(logs.map(async (log) => {
        const offsets: number[] = [];
        for await (const batch of log.read()) offsets.push(...batch.offsets);
        return offsets;
      }));
      for (const offsets of read) assert.deepEqual(offsets, Array.from({ length: 81 }, (_, i) => i));
      for (const log of logs) {
        assert.equal((await log.eventsOfUser("u3", { limit: 100 })).length, 15);
        assert.equal((await log.findEvent("e2"))!.userId, "new user");
        assert.deepEqual(await log.userIds(), ["u0", "u1", "u2", "u3", "u4", "new user"]);
        await log.close();
      }
    });

    it(`loses nothing and keeps nothing half when the disk is full (index ${name})`, async () => {
      const path = temporaryPath(), { database, log } = openLog(path, flushCount);
      await log.appendColumns(newColumns(rows(0, 25)));
      const pages = database.sql("PRAGMA page_count").get()!.page_count as number;
      database.sql(`PRAGMA max_page_count = ${pages + 4}`).get();
      const strangers = rows(100, 20_000).map((row) => ({ ...row, userId: `stranger ${row.value % 1000}` }));
      await assert.rejects(log.appendColumns(newColumns(strangers)), (error: Error) => {
        assert.ok(error instanceof OutsideFailure);
        assert.match(
          error.message,
          /cannot append to the event log in the store .*foz\.db: the disk is full/,
        );
        return true;
      });
      assert.equal(await log.end(), 25);
      assert.equal((await log.userIds()).length, 5);
      database.sql("PRAGMA max_page_count = 1000000").get();
      // Nothing is remembered of what failed: its rows are new, its users get the next codes.
      assert.deepEqual(await log.appendColumns(newColumns(strangers.slice(0, 2))), {
        created: 2,
        duplicates: 0,
        end: 27,
      });
      assert.deepEqual(await log.userIds(5), ["stranger 100", "stranger 101"]);
      assert.deepEqual(await log.appendColumns(newColumns(rows(0, 25))), {
        created: 0,
        duplicates: 25,
        end: 27,
      });
      await log.close();
    });
  }

  it("refuses keys that it has, though another process has moved them into a run meanwhile", async () => {
    const path = temporaryPath();
    const patient = openLog(path, 1000).log, eager = openLog(path, 10).log;
    await patient.appendColumns(newColumns(rows(0, 8)));
    await eager.appendColumns(newColumns(rows(8, 8)));
    assert.equal((await patient.appendColumns(newColumns(rows(0, 17)))).created, 1);
    assert.equal((await eager.appendColumns(newColumns(rows(0, 18)))).created, 1);
    await patient.close();
    await eager.close();
  });

  it("reads whole blocks while another connection appends", async () => {
    const path = temporaryPath(), reader = openLog(path).log, writer = openLog(path).log;
    await writer.appendColumns(newColumns(rows(0, 10)));
    const values: number[] = [];
    for await (const batch of reader.read({ batchCount: 3 })) {
      values.push(...batch.values);
      await writer.appendColumns(newColumns(rows(10 + values.length, 1)));
    }
    assert.deepEqual(values, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await reader.close();
    await writer.close();
  });
});
