import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { ChangedRows } from "../../src/stream/changed_rows.ts";

describe("changed rows", () => {
  it("are given once each, ascending, and forgotten then", () => {
    const changed = new ChangedRows();
    for (const row of [70_000, 3, 10, 3, 9, 70_000]) changed.add(row);
    assert.deepEqual([...changed.take()], [3, 9, 10, 70_000]);
    assert.deepEqual([...changed.take()], []);
    changed.add(10);
    assert.deepEqual([...changed.take()], [10]);
  });
});
