import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Database } from "../../../src/adapters/embedded/database.ts";
import { type EventBlock, EventBlocks, type Extra } from "../../../src/adapters/embedded/event_blocks.ts";
import { newDatabase } from "./temporary_file.ts";

/** Every column of the event at offset o is made from o; every tenth has a type. */
function block(first: number, count: number): EventBlock {
  const offsets = Array.from({ length: count }, (_, i) => first + i);
  return {
    first,
    count,
    users: Uint32Array.from(offsets),
    items: Uint32Array.from(offsets, (o) => o + 1),
    values: Float64Array.from(offsets, (o) => o / 3),
    timesMs: Float64Array.from(offsets, (o) => 1e12 + o),
    keys: Uint32Array.from(offsets.flatMap((o) => [o, o, 0, 1])),
    extras: offsets.filter((o) => o % 10 === 0).map((o): Extra => [o - first, null, `type ${o}`]),
  };
}

describe("EventBlocks", () => {
  let database: Database;
  let blocks: EventBlocks;
  beforeEach(() => {
    database = newDatabase();
    blocks = new EventBlocks(database);
  });
  afterEach(() => database.close());

  const counts = () =>
    database.sql("SELECT count FROM event_blocks ORDER BY first_offset").all().map(({ count }) => count);
  const append = (added: EventBlock) => database.write("append", () => blocks.append(added));

  it("cuts what is long", async () => {
    await append(block(0, 2500));
    assert.deepEqual(counts(), [1024, 1024, 452]);
    assert.deepEqual(blocks.holding(1023), block(0, 1024));
    assert.deepEqual(blocks.holding(1024), block(1024, 1024));
    assert.deepEqual(blocks.holding(2499), block(2048, 452));
  });

  it("joins what is short, up to 256", async () => {
    for (let i = 0; i < 300; i++) await append(block(i, 1));
    assert.deepEqual(counts(), [256, 44]);
    assert.deepEqual(blocks.holding(255), block(0, 256));
    assert.deepEqual(blocks.holding(256), block(256, 44));
    await append(block(300, 213));
    assert.deepEqual(counts(), [256, 44, 213]);
  });

  it("joins nothing across a control record", async () => {
    await append(block(0, 2));
    await append(block(3, 2));
    assert.deepEqual(counts(), [2, 2]);
    assert.deepEqual(blocks.holding(4), block(3, 2));
  });

  it("gives the blocks that a range touches", async () => {
    await append(block(0, 2500));
    await append(block(2501, 1000));
    const ranges: [number, number, number[]][] = [
      [0, 1, [0]],
      [1023, 1025, [0, 1024]],
      [1024, 2048, [1024]],
      [2500, 2501, [2048]],
      [2500, 9999, [2048, 2501]],
      [3501, 9999, [2501]],
    ];
    for (const [from, until, firsts] of ranges) {
      assert.deepEqual(
        [...blocks.columns(from, until)].map(({ first }) => first),
        firsts,
        `[${from}, ${until})`,
      );
      assert.deepEqual(
        [...blocks.keys(from, until)].map(({ first }) => first),
        firsts,
        `[${from}, ${until})`,
      );
    }
    const { keys: _keys, extras: _extras, ...columns } = block(1024, 1024);
    assert.deepEqual([...blocks.columns(1500, 1501)], [columns]);
    const { first, count, users, extras, keys } = block(1024, 1024);
    assert.deepEqual([...blocks.keys(1500, 1501)], [{ first, count, users, extras, keys }]);
  });
});
