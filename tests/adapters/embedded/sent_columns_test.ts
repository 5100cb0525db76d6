import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ColumnReceiver, ColumnSender } from "../../../src/adapters/embedded/sent_columns.ts";
import { newColumns } from "../../contracts/new_columns.ts";

function batch(users: string[]) {
  return newColumns(users.map((userId, i) => ({ userId, itemId: "x", value: i, timeMs: i, key: [i] })));
}

describe("ColumnSender", () => {
  it("sends an id once", () => {
    const sender = new ColumnSender();
    const first = sender.send(batch(["a", "b"])), second = sender.send(batch(["c", "b", "a"]));
    assert.deepEqual(first.userIds, { numbers: Uint32Array.of(0, 1), added: ["a", "b"] });
    assert.deepEqual(second.userIds, { numbers: Uint32Array.of(2, 1, 0), added: ["c"] });
    assert.deepEqual(second.itemIds, { numbers: Uint32Array.of(0), added: [] });
  });
});

describe("ColumnReceiver", () => {
  it("gives every batch as it was sent", () => {
    const sender = new ColumnSender(), receiver = new ColumnReceiver();
    for (const users of [["a", "b"], [], ["c", "b", "a", "x"], ["x"]]) {
      assert.deepEqual(receiver.receive(sender.send(batch(users))), batch(users));
    }
  });
});
