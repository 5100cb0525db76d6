import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { RowsAdvanced, RowsChanged } from "../../src/domain/model_update.ts";
import { batchOfState, rowBatch, wholeBatch } from "../../src/stream/row_batches.ts";
import { learnerOf, part, plantedStream } from "./planted_stream.ts";

const header = { generation: "g000001", fromOffset: 5, appliedOffset: 9, atMs: 77 };
const rows: RowsChanged = {
  kind: "rowsChanged",
  generation: "g000001",
  appliedOffset: 9,
  side: "user",
  indexes: Uint32Array.of(3),
  rows: new Float32Array(8),
};

describe("rowBatch", () => {
  it("ends with what the rows amount to, and how many parts it has", () => {
    assert.deepEqual(rowBatch(header, [rows]), [rows, { kind: "rowsAdvanced", ...header, parts: 1 }]);
    assert.deepEqual(rowBatch(header, []), [{ kind: "rowsAdvanced", ...header, parts: 0 }]);
  });
});

describe("wholeBatch", () => {
  it("has all rows of both sides, from the generation's offset on, as a checkpoint has them", async () => {
    const counts = { userCount: 20, itemCount: 30, eventCount: 220, offset: 150, factorCount: 4 };
    const stream = await plantedStream("explicit", counts), learner = learnerOf(stream);
    learner.apply(part(stream.log, 150, 220));
    const { generation } = stream.content, model = learner.model();
    const batch = wholeBatch(generation, 220, model, 5),
      [users, items, advanced] = batch as readonly [
        RowsChanged,
        RowsChanged,
        RowsAdvanced,
      ];
    assert.deepEqual([users.side, items.side], ["user", "item"]);
    assert.deepEqual(users.rows, model.userFactors);
    assert.deepEqual(items.rows, model.itemFactors);
    assert.deepEqual([...users.indexes], Array.from({ length: learner.userCount }, (_, index) => index));
    assert.deepEqual([...items.indexes], Array.from({ length: learner.itemCount }, (_, index) => index));
    const { fromOffset, appliedOffset, parts } = advanced;
    assert.deepEqual({ fromOffset, appliedOffset, parts }, { fromOffset: 150, appliedOffset: 220, parts: 2 });
    assert.deepEqual(batchOfState(generation, model.stride, learner.state(), 5), batch);
  });
});
