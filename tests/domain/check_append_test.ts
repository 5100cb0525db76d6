import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { checkColumns, checkEvents } from "../../src/domain/check_append.ts";
import { BadInput } from "../../src/domain/failure.ts";
import { newColumns } from "../contracts/new_columns.ts";

const EVENT = { eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 1 };
const ROWS = [
  { userId: "u", itemId: "i", value: 1, timeMs: 1, key: [1] },
  { userId: "v", itemId: "i", value: 1, timeMs: 1, key: [2] },
];

describe("checkEvents", () => {
  it("takes well-formed ids of every kind", () => checkEvents([{ ...EVENT, eventId: "😀\0\ufffd" }]));

  for (const part of ["eventId", "userId", "itemId"]) {
    it(`refuses half of a surrogate pair as ${part}, and says where`, () => {
      assert.throws(() => checkEvents([EVENT, { ...EVENT, [part]: "a\ud83d" }]), (error: Error) => {
        return error instanceof BadInput && error.message.includes('"a\\ud83d"');
      });
    });
  }
});

describe("checkColumns", () => {
  it("takes what fits together", () => {
    checkColumns(newColumns([]));
    checkColumns(newColumns(ROWS));
    checkColumns({ ...newColumns(ROWS), count: 1 });
  });

  it("refuses half of a surrogate pair", () => {
    assert.throws(() => checkColumns({ ...newColumns(ROWS), itemIds: ["\ude00"] }), BadInput);
    assert.throws(() => checkColumns({ ...newColumns(ROWS), userIds: ["u", "\ud83d"] }), BadInput);
  });

  it("refuses codes without an id, and short columns", () => {
    assert.throws(
      () => checkColumns({ ...newColumns(ROWS), userIds: ["u"] }),
      /row 1 of a batch names id 1 of 1/,
    );
    assert.throws(() => checkColumns({ ...newColumns(ROWS), itemIds: [] }), RangeError);
    assert.throws(
      () => checkColumns({ ...newColumns(ROWS), keys: new Uint32Array(7) }),
      /2 rows has a column for 1.75/,
    );
    assert.throws(() => checkColumns({ ...newColumns(ROWS), values: new Float64Array(1) }), RangeError);
  });
});
