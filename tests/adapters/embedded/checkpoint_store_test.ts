import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { EmbeddedCheckpointStore } from "../../../src/adapters/embedded/checkpoint_store.ts";
import { describeCheckpointStore } from "../../contracts/checkpoint_store.ts";
import { newDatabase } from "./temporary_file.ts";

describeCheckpointStore("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedCheckpointStore(database), close: () => database.close() };
});

function checkpoint(offset: number) {
  return { generation: "g000001", part: "rows" as const, offset, state: Uint8Array.of(offset, 1, 2) };
}

describe("EmbeddedCheckpointStore", () => {
  it("keeps the newest", async () => {
    const database = newDatabase(), store = new EmbeddedCheckpointStore(database);
    for (const offset of [10, 40, 20, 30]) await store.write(checkpoint(offset), 2);
    const left = database.sql("SELECT at_offset FROM checkpoints ORDER BY 1").all().map((row) =>
      row.at_offset
    );
    assert.deepEqual(left, [30, 40]);
    database.close();
  });

  it("passes over torn ones", async () => {
    const database = newDatabase(), store = new EmbeddedCheckpointStore(database);
    for (const offset of [10, 20, 30]) await store.write(checkpoint(offset), 3);
    database.sql("UPDATE checkpoints SET state = substr(state, 1, 2) WHERE at_offset = 30").run();
    assert.deepEqual(await store.latest("g000001"), checkpoint(20));
    database.sql("UPDATE checkpoints SET state = x'140103' WHERE at_offset = 20").run();
    assert.deepEqual(await store.latest("g000001"), checkpoint(10));
    database.sql("UPDATE checkpoints SET state = x''").run();
    assert.equal(await store.latest("g000001"), undefined);
    database.close();
  });
});
