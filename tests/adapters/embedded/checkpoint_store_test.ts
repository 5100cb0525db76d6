import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  EmbeddedCheckpointStore,
  type EmbeddedCheckpointStoreOptions,
} from "../../../src/adapters/embedded/checkpoint_store.ts";
import type { Database } from "../../../src/adapters/embedded/database.ts";
import { describeCheckpointStore } from "../../contracts/checkpoint_store.ts";
import { newDatabase } from "./temporary_file.ts";

const NO_PAUSE = { sleep: () => Promise.resolve() };
/** Every state but an empty one is written in pieces. */
const IN_PIECES = { wholeBytes: 0, chunkBytes: 2 };

function storeOf(database: Database, options?: EmbeddedCheckpointStoreOptions): EmbeddedCheckpointStore {
  return new EmbeddedCheckpointStore(database, NO_PAUSE, options);
}

describeCheckpointStore("embedded", () => {
  const database = newDatabase();
  return { port: storeOf(database), close: () => database.close() };
});

describeCheckpointStore("embedded, in pieces", () => {
  const database = newDatabase();
  return { port: storeOf(database, IN_PIECES), close: () => database.close() };
});

function checkpoint(offset: number, length = 3) {
  const state = Uint8Array.from({ length }, (_, i) => i === 0 ? offset : i);
  return { generation: "g000001", part: "rows" as const, offset, state };
}

const piecesIn = (database: Database) =>
  database.sql("SELECT at_offset, chunk, hex(bytes) AS bytes FROM checkpoint_chunks ORDER BY 1, 2").all()
    .map(({ at_offset, chunk, bytes }) => `${at_offset}.${chunk} ${bytes}`);

/** Calls `intrude` before the nth transaction of a write in pieces after which the thread is given away. */
function storeWithPauses(database: Database, intrude: (pause: number) => void): EmbeddedCheckpointStore {
  let pauses = 0;
  return new EmbeddedCheckpointStore(database, { sleep: async () => intrude(++pauses) }, IN_PIECES);
}

describe("EmbeddedCheckpointStore", () => {
  it("keeps the newest", async () => {
    for (const options of [{}, IN_PIECES]) {
      const database = newDatabase(), store = storeOf(database, options);
      for (const offset of [10, 40, 20, 30]) await store.write(checkpoint(offset), 2);
      const rows = database.sql("SELECT at_offset FROM checkpoints ORDER BY 1").all();
      assert.deepEqual(rows.map((row) => row.at_offset), [30, 40]);
      database.close();
    }
  });

  it("passes over torn ones", async () => {
    const database = newDatabase(), store = storeOf(database);
    for (const offset of [10, 20, 30]) await store.write(checkpoint(offset), 3);
    database.sql("UPDATE checkpoints SET state = substr(state, 1, 2) WHERE at_offset = 30").run();
    assert.deepEqual(await store.latest("g000001"), checkpoint(20));
    database.sql("UPDATE checkpoints SET state = x'140103' WHERE at_offset = 20").run();
    assert.deepEqual(await store.latest("g000001"), checkpoint(10));
    database.sql("UPDATE checkpoints SET state = x''").run();
    assert.equal(await store.latest("g000001"), undefined);
    database.close();
  });

  it("passes over those that lack a piece, or have another's", async () => {
    const database = newDatabase(), store = storeOf(database, IN_PIECES);
    for (const offset of [10, 20, 30]) await store.write(checkpoint(offset, 5), 3);
    assert.deepEqual(await store.latest("g000001"), checkpoint(30, 5));
    database.sql("DELETE FROM checkpoint_chunks WHERE at_offset = 30 AND chunk = 1").run();
    assert.deepEqual(await store.latest("g000001"), checkpoint(20, 5));
    database.sql("UPDATE checkpoint_chunks SET chunk = 2 - chunk + 10 WHERE at_offset = 20").run();
    assert.deepEqual(await store.latest("g000001"), checkpoint(10, 5));
    database.close();
  });

  it("is there with its last piece and not before; the one before it stands until then", async () => {
    const database = newDatabase(), seen: (number | undefined)[] = [];
    await storeOf(database, IN_PIECES).write(checkpoint(10, 5), 2);
    const reader = storeOf(database);
    const store = storeWithPauses(database, async () => seen.push((await reader.latest("g000001"))?.offset));
    await store.write(checkpoint(20, 5), 2);
    assert.deepEqual(seen, [10, 10, 10]);
    assert.deepEqual(await reader.latest("g000001"), checkpoint(20, 5));
    database.close();
  });

  it("leaves no piece of a state whose place another takes, however small that is", async () => {
    const database = newDatabase();
    for (const length of [3, 0]) {
      await storeOf(database, IN_PIECES).write(checkpoint(10, 5), 2);
      await storeOf(database).write(checkpoint(10, length), 2);
      assert.deepEqual(await storeOf(database).latest("g000001"), checkpoint(10, length));
      assert.deepEqual(piecesIn(database), []);
    }
    database.close();
  });

  it("lets others write between its pieces", async () => {
    const database = newDatabase(), written: number[] = [];
    const store = storeWithPauses(database, async (pause) => {
      await storeOf(database).write({ ...checkpoint(pause), generation: "g000002" }, 5);
      written.push(pause);
    });
    await store.write(checkpoint(20, 7), 2);
    assert.deepEqual(written, [1, 2, 3, 4]);
    database.close();
  });

  it("leaves no piece of what went, nor of a write that did not get to its end", async () => {
    const database = newDatabase(), store = storeOf(database, IN_PIECES);
    await store.write(checkpoint(10, 3), 2);
    const dying = storeWithPauses(database, (pause) => {
      if (pause === 3) throw new Error("the process ends");
    });
    await assert.rejects(dying.write(checkpoint(20, 9), 2), /the process ends/);
    assert.equal(piecesIn(database).length, 2 + 3);
    assert.deepEqual(await store.latest("g000001"), checkpoint(10, 3));
    // Of another length than before, at the same place.
    await store.write(checkpoint(20, 4), 2);
    assert.deepEqual(piecesIn(database), ["10.0 0A01", "10.1 02", "20.0 1401", "20.1 0203"]);
    await store.write(checkpoint(30, 1), 2);
    assert.deepEqual(piecesIn(database), ["20.0 1401", "20.1 0203", "30.0 1E"]);
    // Small ones are no exception.
    for (const offset of [40, 50]) await storeOf(database).write(checkpoint(offset), 2);
    assert.deepEqual(piecesIn(database), []);
    assert.deepEqual(await store.latest("g000001"), checkpoint(50));
    database.close();
  });
});
