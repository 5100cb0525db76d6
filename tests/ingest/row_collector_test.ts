import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RowCollector, type RowCollectorOptions } from "../../src/ingest/row_collector.ts";
import { FILE_RULES } from "../../src/ingest/scanner_of.ts";
import { bytesOf, row, rowsOf } from "./reading.ts";

function collector(options: Partial<RowCollectorOptions> = {}): RowCollector {
  return new RowCollector({ rules: FILE_RULES, sourceName: "s", onReject: () => false, ...options });
}

function add(rows: RowCollector, user: string, item: string, value = 1, timeMs = 0) {
  const userBytes = bytesOf(user), bytes = bytesOf(`${user},${item}`);
  return rows.add(bytes, 0, userBytes.length, userBytes.length + 1, bytes.length, value, timeMs);
}

describe("RowCollector", () => {
  it("cuts batches of the given size, each with its own lists of ids in order of first appearance", () => {
    const rows = collector({ batchCount: 3 });
    for (const [user, item] of ["ax", "bx", "ay", "bz", "cy"]) add(rows, user, item);
    const full = rows.takeFull();
    assert.equal(full.length, 1);
    const [first, second] = [...full, ...rows.takeAll()];
    assert.ok(first.kind === "columns" && second.kind === "columns");
    assert.deepEqual([first.columns.userIds, first.columns.itemIds], [["a", "b"], ["x", "y"]]);
    assert.deepEqual([second.columns.userIds, second.columns.itemIds], [["b", "c"], ["z", "y"]]);
    assert.deepEqual(rowsOf(second), [row("b", "z", 1), row("c", "y", 1)]);
    const { count, users, items, values, timesMs, keys } = second.columns;
    const lengths = [count, users.length, items.length, values.length, timesMs.length, keys.length / 4];
    assert.deepEqual(lengths, [2, 2, 2, 2, 2, 2]);
    assert.deepEqual(rows.takeAll(), []);
  });

  it("gives batches that later rows do not touch", () => {
    const rows = collector({ batchCount: 2 });
    add(rows, "a", "x", 1), add(rows, "b", "y", 2);
    const [batch] = rows.takeFull();
    add(rows, "c", "z", 3), add(rows, "d", "w", 4);
    assert.deepEqual(rowsOf(batch), [row("a", "x", 1), row("b", "y", 2)]);
  });

  it("lists no id of a row that it refuses", () => {
    const rows = collector({ rules: { ...FILE_RULES, minValue: 0, maxValue: 5 } });
    assert.deepEqual(add(rows, "a", ""), { reason: "emptyId", field: "itemId" });
    assert.deepEqual(add(rows, "b\t", "x"), { reason: "badId", field: "userId" });
    assert.deepEqual(add(rows, "c", "x", 6), { reason: "outOfRange", field: "value" });
    assert.deepEqual(add(rows, "c", "x", Infinity), { reason: "notFinite", field: "value" });
    assert.equal(add(rows, "d", "y", 5), undefined);
    const [batch] = rows.takeAll();
    assert.ok(batch.kind === "columns");
    assert.deepEqual([batch.columns.userIds, batch.columns.itemIds], [["d"], ["y"]]);
  });

  it("says whether an id would be taken", () => {
    const rows = collector(), bytes = bytesOf("a\tb");
    assert.equal(rows.idRefusal("userId", bytes, 0, 1), undefined);
    assert.deepEqual(rows.idRefusal("itemId", bytes, 0, 3), { reason: "badId", field: "itemId" });
    assert.deepEqual(rows.idRefusal("userId", bytes, 1, 1), { reason: "emptyId", field: "userId" });
  });
});
