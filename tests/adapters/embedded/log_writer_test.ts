import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Database } from "../../../src/adapters/embedded/database.ts";
import type { Append } from "../../../src/adapters/embedded/log_backend.ts";
import { LogFile } from "../../../src/adapters/embedded/log_file.ts";
import { newColumns } from "../../contracts/new_columns.ts";
import { newDatabase } from "./temporary_file.ts";

const EVENT = { eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 1 };

describe("LogWriter", () => {
  let database: Database;
  let file: LogFile;
  beforeEach(() => {
    database = newDatabase();
    file = new LogFile(database);
  });
  afterEach(() => database.close());

  const blocks = () =>
    database.sql("SELECT first_offset, count FROM event_blocks ORDER BY 1").all()
      .map(({ first_offset, count }) => [first_offset, count]);

  it("writes a group of all kinds in one transaction, in order", async () => {
    const row = { userId: "u", itemId: "i", value: 1, timeMs: 1, key: [5] };
    const group: Append[] = [
      { kind: "events", events: [EVENT, { ...EVENT, eventId: "f" }] },
      { kind: "columns", columns: newColumns([row]) },
      { kind: "control", record: { kind: "generationActivated", generation: "g000001" }, timeMs: 2 },
      { kind: "columns", columns: newColumns([row, { ...row, key: [6] }]) },
      { kind: "events", events: [{ ...EVENT, value: 2 }, { ...EVENT, eventId: "f" }] },
    ];
    assert.deepEqual(await file.commit(group), [
      [{ status: "created", offset: 0 }, { status: "created", offset: 1 }],
      { created: 1, duplicates: 0, end: 3 },
      3,
      { created: 1, duplicates: 1, end: 5 },
      [{ status: "conflict", offset: 0 }, { status: "duplicate", offset: 1 }],
    ]);
    assert.deepEqual(blocks(), [[0, 3], [4, 1]]);
    assert.equal(database.sql("SELECT end_offset FROM log_state").get()!.end_offset, 5);
  });

  it("writes events that were appended one by one into shared blocks", async () => {
    for (let i = 0; i < 20; i++) {
      await file.commit([{ kind: "events", events: [{ ...EVENT, eventId: `e${i}` }] }]);
    }
    assert.deepEqual(blocks(), [[0, 20]]);
  });

  it("keeps nothing of a group when one of its appends fails", async () => {
    // JSON has no word for it.
    const record = { kind: "generationActivated", generation: 5n as unknown as string } as const;
    const group: Append[] = [{ kind: "events", events: [EVENT] }, { kind: "control", record, timeMs: 1 }];
    await assert.rejects(file.commit(group), TypeError);
    assert.equal(await file.end(), 0);
    assert.deepEqual(blocks(), []);
    assert.deepEqual(await file.commit([group[0]]), [[{ status: "created", offset: 0 }]]);
  });
});
