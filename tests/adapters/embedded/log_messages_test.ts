import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  buffersOfResult,
  receivedAppends,
  receivedFailure,
  sentAppends,
  sentFailure,
} from "../../../src/adapters/embedded/log_messages.ts";
import { ColumnReceiver, ColumnSender } from "../../../src/adapters/embedded/sent_columns.ts";
import { BadInput, NumericFailure, OutsideFailure } from "../../../src/domain/failure.ts";
import { newColumns } from "../../contracts/new_columns.ts";

describe("failures on their way through a port", () => {
  for (const Class of [BadInput, OutsideFailure, NumericFailure, Error]) {
    it(`keep being ${Class.name}`, () => {
      const failure = new Class("what", { cause: new OutsideFailure("why", { cause: new Error("whence") }) });
      const received = receivedFailure(structuredClone(sentFailure(failure)));
      assert.equal(received.constructor, Class);
      assert.equal(received.message, "what");
      assert.equal(received.stack, failure.stack);
      const cause = received.cause as Error;
      assert.ok(cause instanceof OutsideFailure);
      assert.equal((cause.cause as Error).message, "whence");
    });
  }

  it("may be of another class, or no error at all", () => {
    assert.equal(receivedFailure(sentFailure(new RangeError("r"))).message, "r");
    assert.equal(receivedFailure(sentFailure("text")).message, "text");
  });
});

describe("appends on their way through a port", () => {
  it("arrive as they were, and the caller keeps its arrays", () => {
    const rows = [1, 2].map((key) => ({ userId: `u${key}`, itemId: "i", value: key, timeMs: 5, key: [key] }));
    const mine = { ...newColumns(rows), users: Uint32Array.of(0, 1, 9, 9) };
    const sender = new ColumnSender(), receiver = new ColumnReceiver();
    // Twice: the second time the ids are known.
    for (let time = 0; time < 2; time++) {
      const sent = sentAppends([{ kind: "columns", columns: mine }, { kind: "events", events: [] }], sender);
      assert.equal(new Set(sent.transfer).size, 7);
      const arrived = receivedAppends(structuredClone(sent.appends, { transfer: sent.transfer }), receiver);
      assert.deepEqual(arrived, [{ kind: "columns", columns: newColumns(rows) }, {
        kind: "events",
        events: [],
      }]);
    }
    assert.deepEqual(mine.users, Uint32Array.of(0, 1, 9, 9));
  });
});

describe("buffersOfResult", () => {
  it("names every array of a batch and nothing of other results", () => {
    const { users, items, values, timesMs } = newColumns([]);
    const columns = { count: 0, users, items, values, timesMs, offsets: new Float64Array() };
    const buffers = buffersOfResult("readBatch", { columns, next: 0 });
    assert.equal(new Set(buffers).size, 5);
    assert.deepEqual(buffersOfResult("end", 5), []);
  });
});
