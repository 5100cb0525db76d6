import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { pack, putBack, sizeOf, splitOff, unpack } from "../../../src/adapters/mongodb/update_documents.ts";
import type { ModelUpdate } from "../../../src/domain/model_update.ts";

const rows = (first: number): ModelUpdate => ({
  kind: "rowsChanged",
  generation: "g000001",
  appliedOffset: 9,
  side: "item",
  indexes: Uint32Array.of(first, 4_000_000_000),
  rows: Float32Array.of(0.1, -0, 1e-40, Infinity),
});
const advanced: ModelUpdate = {
  kind: "rowsAdvanced",
  generation: "g000001",
  fromOffset: 1,
  appliedOffset: 9,
  parts: 2,
  atMs: 0.5,
};

describe("updates as documents", () => {
  it("come back to the bit, with their arrays in place or apart", () => {
    const updates = [rows(1), rows(2), advanced], packed = updates.map(pack);
    assert.deepEqual(packed.map(unpack), updates);
    const [short, sections] = splitOff(packed);
    assert.deepEqual(
      short.map(({ indexes, rows }) => [indexes, rows]),
      updates.map(() => [undefined, undefined]),
    );
    assert.deepEqual([...sections.keys()], ["indexes 0", "rows 0", "indexes 1", "rows 1"]);
    assert.deepEqual(putBack(short, sections).map(unpack), updates);
  });

  it("are copies", () => {
    const mine = rows(1) as ModelUpdate & { kind: "rowsChanged" }, packed = pack(mine);
    mine.rows.fill(0);
    assert.deepEqual(unpack(packed), rows(1));
  });

  it("know the size of their arrays", () => {
    assert.deepEqual([sizeOf(rows(1)), sizeOf(advanced)], [2 * 4 + 4 * 4, 0]);
  });
});
