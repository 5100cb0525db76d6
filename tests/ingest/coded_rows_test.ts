import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { CodedRows, emptyDictionaries } from "../../src/ingest/coded_rows.ts";
import { FILE_RULES } from "../../src/ingest/scanner_of.ts";
import { numbered } from "./divided_reading.ts";
import { bytesOf } from "./reading.ts";

function codedRows(batchCount = 100) {
  const ids = emptyDictionaries();
  return { ids, rows: new CodedRows({ rules: FILE_RULES, ids, onReject: () => false, batchCount }) };
}

function add(rows: CodedRows, user: string, item: string, value = 1, timeMs = 0) {
  const userEnd = bytesOf(user).length, bytes = bytesOf(`${user}${item}`);
  return rows.add(bytes, 0, userEnd, userEnd, bytes.length, value, timeMs);
}

describe("CodedRows", () => {
  it("gives each row by the codes of its ids, in batches that later rows do not touch", () => {
    const { rows, ids } = codedRows(2);
    add(rows, "b", "7", 3, 10), add(rows, "a", "007", 4), add(rows, "b", "x", 5), add(rows, "a", "7", 6);
    const full = rows.takeFull();
    assert.deepEqual(full.map(({ count }) => count), [2, 2]);
    add(rows, "c", "y", 7);
    const last = rows.takeAll();
    assert.deepEqual(last.map(({ count, users }) => [count, users.length]), [[1, 1]]);
    assert.deepEqual(rows.takeAll(), []);
    assert.deepEqual(numbered([...full, ...last], ids, 0, 0), {
      userIds: ["b", "a", "c"],
      itemIds: ["7", "007", "x", "y"],
      rows: [[0, 0, 3, 10], [1, 1, 4, 0], [0, 2, 5, 0], [1, 0, 6, 0], [2, 3, 7, 0]],
      refusedCount: 0,
      firstRefusedLine: 0,
    });
  });

  it("gives no code to ids of refused rows, or to those that were only asked about", () => {
    const { rows, ids } = codedRows();
    assert.ok(add(rows, "a", "") && add(rows, "", "x") && add(rows, "b", "y\n") && add(rows, "c", "z", NaN));
    assert.equal(rows.idRefusal("userId", bytesOf("d"), 0, 1), undefined);
    assert.deepEqual([ids.users.count, ids.items.count], [0, 0]);
    assert.equal(add(rows, "e", "x"), undefined);
    assert.deepEqual([ids.users.ids(), ids.items.ids()], [["e"], ["x"]]);
  });

  it("takes an event with an id or a type for a row like any other", () => {
    const { rows, ids } = codedRows();
    const event = { userId: "ü", itemId: "i", value: 2, timeMs: 5 };
    rows.addNamed(event, bytesOf("üi\0click"), 2);
    rows.addNamed(event, bytesOf("üi"), 2);
    add(rows, "ü", "j");
    assert.deepEqual(numbered(rows.takeAll(), ids, 0, 0).rows, [[0, 0, 2, 5], [0, 0, 2, 5], [0, 1, 1, 0]]);
    assert.deepEqual([ids.users.ids(), ids.items.ids()], [["ü"], ["i", "j"]]);
  });

  it("goes on with the codes of dictionaries that have some", () => {
    const { rows, ids } = codedRows();
    add(rows, "a", "x");
    const more = new CodedRows({ rules: FILE_RULES, ids, onReject: () => false });
    add(more, "b", "x"), add(more, "a", "y");
    assert.deepEqual(numbered(more.takeAll(), ids, 0, 0).rows, [[1, 0, 1, 0], [0, 1, 1, 0]]);
  });
});
