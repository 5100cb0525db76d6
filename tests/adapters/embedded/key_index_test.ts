import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Database } from "../../../src/adapters/embedded/database.ts";
import { type EventBlock, EventBlocks } from "../../../src/adapters/embedded/event_blocks.ts";
import { eventIdAt, KeyIndex } from "../../../src/adapters/embedded/key_index.ts";
import { eventIdOfKey, keyOfEventId } from "../../../src/domain/event_key.ts";
import { newDatabase } from "./temporary_file.ts";

/** Events [first, first + count): user o mod 3, keys [9, o, 0, 0]; every fourth has the id "id o" and its key. */
function block(first: number, count: number): EventBlock {
  const offsets = Array.from({ length: count }, (_, i) => first + i);
  return {
    first,
    count,
    users: Uint32Array.from(offsets, (o) => o % 3),
    items: new Uint32Array(count),
    values: new Float64Array(count),
    timesMs: new Float64Array(count),
    keys: Uint32Array.from(offsets.flatMap((o) => o % 4 === 0 ? [...keyOfEventId(`id ${o}`)] : [9, o, 0, 0])),
    extras: offsets.filter((o) => o % 4 === 0).map((o) => [o - first, `id ${o}`, null] as const),
  };
}

function idOf(offset: number): string {
  return offset % 4 === 0 ? `id ${offset}` : eventIdOfKey(Uint32Array.of(9, offset, 0, 0));
}

describe("KeyIndex", () => {
  let database: Database;
  let blocks: EventBlocks;
  beforeEach(() => {
    database = newDatabase();
    blocks = new EventBlocks(database);
  });
  afterEach(() => database.close());

  /** Appends events as the log's writer does; gives the new `indexedUntil`. */
  function append(index: KeyIndex, indexedUntil: number, first: number, count: number): Promise<number> {
    const added = block(first, count);
    return database.write("append", () => {
      index.refresh({ end: first, indexedUntil });
      blocks.append(added);
      for (let i = 0; i < count; i++) {
        const eventId = (first + i) % 4 === 0 ? `id ${first + i}` : null;
        index.add(added.keys, 4 * i, eventId, added.users[i], first + i);
      }
      return index.flush(first + count);
    });
  }

  it("finds ids and users in runs and in memory alike", async () => {
    const index = new KeyIndex(database, blocks, { flushCount: 40 });
    let indexedUntil = 0;
    for (let first = 0; first < 130; first += 10) indexedUntil = await append(index, indexedUntil, first, 10);
    assert.equal(indexedUntil, 120);
    for (const reader of [index, new KeyIndex(database, blocks)]) {
      reader.refresh({ end: 130, indexedUntil });
      for (let offset = 0; offset < 130; offset++) assert.equal(reader.find(idOf(offset)), offset);
      assert.equal(reader.find("id 1"), undefined);
      assert.equal(reader.find(eventIdOfKey(Uint32Array.of(9, 130, 0, 0))), undefined);
      const expected = Array.from({ length: 44 }, (_, i) => 129 - 3 * i);
      assert.deepEqual([...reader.ofUser(0)], expected);
    }
  });

  it("marks imported keys that are in runs: all four words, and not a client's id that shares the key", async () => {
    const index = new KeyIndex(database, blocks, { flushCount: 1 });
    await append(index, 0, 0, 30);
    const keys = [[9, 1, 0, 0], [9, 1, 0, 5], [9, 30, 0, 0], [9, 29, 0, 0], [...keyOfEventId("id 8")]];
    assert.deepEqual([...index.findImported(Uint32Array.from(keys.flat()), keys.length)], [1, 0, 0, 1, 0]);
  });

  it("forgets what may not have been committed", async () => {
    const index = new KeyIndex(database, blocks);
    const failing = database.write("fail", () => {
      index.refresh({ end: 0, indexedUntil: 0 });
      index.add(Uint32Array.of(9, 1, 0, 0), 0, null, 0, 0);
      throw new Error("no");
    }, () => index.forget());
    await assert.rejects(failing, /no/);
    index.refresh({ end: 0, indexedUntil: 0 });
    assert.equal(index.find(idOf(1)), undefined);
  });
});

describe("eventIdAt", () => {
  it("is the client's id, or that of the key", () => {
    assert.equal(eventIdAt(block(8, 4), 8), "id 8");
    assert.equal(eventIdAt(block(8, 4), 11), "row-000000090000000b0000000000000000");
  });
});
