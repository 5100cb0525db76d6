import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import { temporaryPath } from "./temporary_file.ts";

/** An OutsideFailure whose message names the file and matches. */
function isFailure(path: string, pattern: RegExp) {
  return (error: Error) => {
    assert.ok(error instanceof OutsideFailure, String(error));
    assert.ok(error.message.includes(path), error.message);
    assert.match(error.message, pattern);
    return true;
  };
}

function setting(database: Database, name: string): unknown {
  return Object.values(database.sql(`PRAGMA ${name}`).get()!)[0];
}

const INSERT = "INSERT INTO controls VALUES (?, 0, '{}')";

function insert(database: Database, ...offsets: number[]): Promise<void> {
  return database.write("insert", () => offsets.forEach((offset) => database.sql(INSERT).run(offset)));
}

function offsets(database: Database): unknown[] {
  return database.read("read", () => database.sql("SELECT at_offset FROM controls ORDER BY 1").all())
    .map((row) => row.at_offset);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("Database.open", () => {
  it("makes the file and its folders, safe against power loss, and finds what is there", async () => {
    const path = temporaryPath("new/folder/foz.db");
    const database = Database.open(path);
    assert.equal(setting(database, "journal_mode"), "wal");
    assert.equal(setting(database, "synchronous"), 2, "FULL");
    assert.equal(setting(database, "secure_delete"), 1);
    await insert(database, 5);
    database.close();
    database.close();
    const again = Database.open(path);
    assert.deepEqual(offsets(again), [5]);
    assert.equal(setting(again, "synchronous"), 2, "FULL");
    again.close();
  });

  it("refuses a file of another schema version, and leaves it alone", () => {
    const path = temporaryPath();
    Database.open(path).close();
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 7");
    newer.close();
    assert.throws(() => Database.open(path), isFailure(path, /has schema version 7, this program reads 5/));
    const after = new DatabaseSync(path);
    assert.equal(after.prepare("PRAGMA user_version").get()!.user_version, 7);
    after.close();
  });

  it("adds to a store of version 1 what it lacks, and keeps what it has", async () => {
    const path = temporaryPath(), old = Database.open(path);
    await insert(old, 7);
    old.close();
    const older = new DatabaseSync(path);
    older.exec(`
      DROP TABLE leases; DROP TABLE deleted_events; DROP TABLE erased_events; DROP TABLE refreshed_lists;
      ALTER TABLE log_state DROP COLUMN erasure_count; ALTER TABLE log_state DROP COLUMN purge_due;
      ALTER TABLE log_state DROP COLUMN salt; DROP TABLE checkpoints; DROP TABLE checkpoint_chunks;
      CREATE TABLE checkpoints (generation TEXT, at_offset INTEGER, sha256 TEXT, state BLOB); PRAGMA user_version = 1`);
    older.close();
    for (const database of [Database.open(path), Database.open(path)]) {
      assert.deepEqual(offsets(database), [7]);
      assert.equal(setting(database, "user_version"), 5);
      assert.deepEqual(database.sql("SELECT * FROM leases").all(), []);
      assert.deepEqual(database.sql("SELECT part FROM checkpoints").all(), []);
      database.close();
    }
  });

  it("refuses another program's database, and leaves it alone", () => {
    const path = temporaryPath(), other = new DatabaseSync(path);
    other.exec("CREATE TABLE theirs (x); PRAGMA user_version = 1");
    other.close();
    const before = readFileSync(path);
    assert.throws(() => Database.open(path), isFailure(path, /database of another program/));
    assert.deepEqual(readFileSync(path), before);
  });

  it("refuses what is not a database, and leaves it alone", () => {
    const path = temporaryPath(), text = "userId,itemId,rating\n".repeat(500);
    writeFileSync(path, text);
    assert.throws(() => Database.open(path), isFailure(path, /not a SQLite database/));
    assert.equal(readFileSync(path, "utf8"), text);
  });

  it("refuses a file that is cut off", async () => {
    const path = temporaryPath(), database = Database.open(path);
    await insert(database, 1);
    database.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, 9000));
    assert.throws(() => offsets(Database.open(path)), isFailure(path, /damaged/));
  });

  it("refuses a folder in place of the file, and a file in place of the folder", () => {
    const path = temporaryPath();
    mkdirSync(path);
    assert.throws(() => Database.open(path), isFailure(path, /cannot be opened/));
    const file = temporaryPath("file");
    writeFileSync(file, "");
    const below = join(file, "foz.db");
    assert.throws(() => Database.open(below), isFailure(below, /cannot make the folder/));
  });

  it("refuses a folder that cannot be written", {
    skip: process.getuid?.() === 0 && "root may write anywhere",
  }, () => {
    const path = temporaryPath();
    chmodSync(dirname(path), 0o555);
    try {
      assert.throws(() => Database.open(path), isFailure(path, /cannot be (opened|written)/));
    } finally {
      chmodSync(dirname(path), 0o755);
    }
  });

  it("lets two open a new file at the same time", async () => {
    const path = temporaryPath();
    const both = [Database.open(path), Database.open(path)];
    await Promise.all([insert(both[0], 1), insert(both[1], 2)]);
    for (const database of both) assert.deepEqual(offsets(database), [1, 2]);
    for (const database of both) database.close();
  });
});

describe("Database.write", () => {
  it("keeps nothing of a body that throws, and says so before the next write", async () => {
    const database = Database.open(temporaryPath());
    const events: string[] = [];
    const failing = database.write("fail", () => {
      database.sql(INSERT).run(1);
      throw new RangeError("mine");
    }, () => events.push("rolled back"));
    const next = database.write("go on", () => void events.push("next"));
    await assert.rejects(failing, RangeError);
    await next;
    assert.deepEqual(events, ["rolled back", "next"]);
    assert.deepEqual(offsets(database), []);
    database.close();
  });

  it("keeps nothing and loses nothing when the disk is full", async () => {
    const path = temporaryPath(), database = Database.open(path);
    await insert(database, 1, 2);
    const pages = setting(database, "page_count") as number;
    setting(database, `max_page_count = ${pages + 3}`);
    const many = Array.from({ length: 50_000 }, (_, i) => 10 + i);
    await assert.rejects(insert(database, ...many), isFailure(path, /cannot insert.*the disk is full/));
    assert.deepEqual(offsets(database), [1, 2]);
    setting(database, "max_page_count = 1000000");
    await insert(database, 3);
    database.close();
    const again = Database.open(path);
    assert.deepEqual(offsets(again), [1, 2, 3]);
    assert.equal(setting(again, "integrity_check"), "ok");
    again.close();
  });

  it("waits for another's lock without blocking this thread", async () => {
    const path = temporaryPath(), database = Database.open(path), other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    let isWritten = false;
    const written = insert(database, 1).then(() => isWritten = true);
    await pause(20);
    assert.equal(isWritten, false);
    assert.deepEqual(offsets(database), [], "reading goes on");
    other.exec("COMMIT");
    await written;
    assert.deepEqual(offsets(database), [1]);
    other.close();
    database.close();
  });

  it("gives up after its time with the file's name, and may be called again", async () => {
    const path = temporaryPath(), database = Database.open(path, { lockTimeoutMs: 30 });
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    await assert.rejects(
      insert(database, 1),
      isFailure(path, /cannot insert.*for 30 ms another process held it locked/),
    );
    other.exec("COMMIT");
    other.close();
    await insert(database, 2);
    assert.deepEqual(offsets(database), [2]);
    database.close();
  });

  it("writes in the order of the calls", async () => {
    const database = Database.open(temporaryPath()), order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((i) => database.write("note", () => void order.push(i))));
    assert.deepEqual(order, [1, 2, 3, 4]);
    database.close();
  });

  it("leaves room for others while it writes one long transaction after the other", async () => {
    const path = temporaryPath(), busy = Database.open(path), other = Database.open(path);
    const hold = () => {
      const endMs = performance.now() + 8;
      while (performance.now() < endMs);
    };
    let isOtherDone = false, turns = 0;
    const written = insert(other, 1).then(() => isOtherDone = true);
    for (; !isOtherDone && turns < 500; turns++) await busy.write("hold", hold);
    await written;
    assert.ok(turns < 500, "the other never got the lock while the first was at work");
    busy.close(), other.close();
  });
});

describe("Database.read", () => {
  it("sees one state, whatever others write meanwhile", async () => {
    const path = temporaryPath(), reader = Database.open(path), writer = new DatabaseSync(path);
    await insert(reader, 1);
    const count = "SELECT count(*) AS n FROM controls";
    const seen = reader.read("read twice", () => {
      const first = reader.sql(count).get()!.n;
      writer.exec("INSERT INTO controls VALUES (2, 0, '{}')");
      return [first, reader.sql(count).get()!.n];
    });
    assert.deepEqual(seen, [1, 1]);
    assert.deepEqual(offsets(reader), [1, 2]);
    writer.close();
    reader.close();
  });

  it("is never inside a transaction that writes, whenever it comes", async () => {
    const database = Database.open(temporaryPath());
    for (let turns = 0; turns < 12; turns++) {
      const written = database.write("write", () => database.sql("PRAGMA user_version").get());
      for (let turn = 0; turn < turns; turn++) await null;
      database.read("read", () => database.sql("PRAGMA user_version").get());
      await written;
    }
    database.close();
  });

  it("waits for who repairs the file after a crash, then and only then", () => {
    const database = Database.open(temporaryPath()), timeouts: unknown[] = [];
    // What SQLite says while another process does that.
    const busy = Object.assign(new Error("database is locked"), { code: "ERR_SQLITE_ERROR", errcode: 5 });
    const look = () => timeouts.push(setting(database, "busy_timeout"));
    const read = database.read("read at last", () => {
      look();
      if (timeouts.length === 1) throw busy;
      return 7;
    });
    look();
    assert.deepEqual([read, timeouts], [7, [0, 2000, 0]]);
    const isLocked = (error: Error) =>
      error instanceof OutsideFailure && /holds it locked/.test(error.message);
    const alwaysBusy = () => {
      throw busy;
    };
    assert.throws(() => database.read("read in vain", alwaysBusy), isLocked);
    look();
    assert.equal(timeouts.at(-1), 0);
    database.close();
  });

  it("goes on after a body that throws", () => {
    const database = Database.open(temporaryPath());
    assert.throws(() => database.read("fail", () => database.sql("SELECT 1 FROM missing")), OutsideFailure);
    assert.deepEqual(offsets(database), []);
    database.close();
  });
});

describe("Database.close", () => {
  it("leaves one file with everything in it", async () => {
    const path = temporaryPath(), database = Database.open(path);
    await insert(database, 1);
    database.close();
    assert.equal(existsSync(`${path}-wal`), false);
    assert.ok(statSync(path).size > 0);
  });
});
