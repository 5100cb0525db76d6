import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { CodedRows, emptyDictionaries } from "../../src/ingest/coded_rows.ts";
import { ID_PROBLEMS } from "../../src/ingest/id_dictionary.ts";
import { FILE_RULES } from "../../src/ingest/scanner_of.ts";
import { RowCollector } from "../../src/ingest/row_collector.ts";
import { type OnReject, refusalOfId, refusalOfValue, type RowSink } from "../../src/ingest/row_sink.ts";
import { bytesOf } from "./reading.ts";

const SINKS: Readonly<Record<string, (onReject: OnReject) => RowSink>> = {
  RowCollector: (onReject) => new RowCollector({ rules: FILE_RULES, sourceName: "s", onReject }),
  CodedRows: (onReject) => new CodedRows({ rules: FILE_RULES, ids: emptyDictionaries(), onReject }),
};

for (const [name, sinkOf] of Object.entries(SINKS)) {
  describe(`${name} as a RowSink`, () => {
    it("tells of refused rows where they stand, and stops when it is told to", () => {
      const heard: unknown[] = [];
      const rows = sinkOf(({ line, reason, field, bytes, isMore }) => {
        heard.push([line, reason, field, new TextDecoder().decode(bytes), isMore]);
        return line === 3;
      });
      rows.reject({ reason: "badTime", field: "time" }, bytesOf("abcd"), 1, 3);
      rows.line = 2;
      rows.reject({ reason: "lineTooLong" }, bytesOf("abcd"), 0, 4);
      rows.continueReject(bytesOf("ef"));
      assert.equal(rows.stopped, false);
      rows.line = 3;
      rows.reject({ reason: "badQuotes" }, bytesOf("a"), 0, 1);
      assert.equal(rows.stopped, true);
      assert.deepEqual(heard, [
        [1, "badTime", "time", "bc", false],
        [2, "lineTooLong", undefined, "abcd", false],
        [2, "lineTooLong", undefined, "ef", true],
        [3, "badQuotes", undefined, "a", false],
      ]);
    });

    it("refuses values and ids in this order, and says whether an id would be taken", () => {
      const rows = sinkOf(() => false), bytes = bytesOf("a\tb");
      assert.deepEqual(rows.add(bytes, 1, 2, 1, 2, NaN, 0), { reason: "notFinite", field: "value" });
      assert.deepEqual(rows.add(bytes, 1, 2, 1, 1, 1e16, 0), { reason: "outOfRange", field: "value" });
      assert.deepEqual(rows.add(bytes, 1, 2, 1, 1, 1, 0), { reason: "badId", field: "userId" });
      assert.deepEqual(rows.add(bytes, 0, 1, 1, 1, 1, 0), { reason: "emptyId", field: "itemId" });
      assert.equal(rows.add(bytes, 0, 1, 2, 3, 1, 0), undefined);
      assert.equal(rows.idRefusal("userId", bytes, 0, 1), undefined);
      assert.deepEqual(rows.idRefusal("itemId", bytes, 0, 3), { reason: "badId", field: "itemId" });
      assert.deepEqual(rows.idRefusal("userId", bytes, 1, 1), { reason: "emptyId", field: "userId" });
    });
  });
}

describe("refusals", () => {
  it("name the field and the reason, and are made once", () => {
    ID_PROBLEMS.forEach((reason, i) => {
      assert.deepEqual(refusalOfId("itemId", -1 - i), { reason, field: "itemId" });
      assert.equal(refusalOfId("userId", -1 - i), refusalOfId("userId", -1 - i));
    });
    const rules = { ...FILE_RULES, minValue: 0, maxValue: 5 };
    assert.equal(refusalOfValue(5, rules), undefined);
    assert.equal(refusalOfValue(5.1, rules)?.reason, "outOfRange");
    assert.equal(refusalOfValue(Infinity, rules)?.reason, "notFinite");
  });
});
