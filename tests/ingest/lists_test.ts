import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { read, row } from "./reading.ts";

const wish = { format: "lists" as const };

describe("ListsScanner", () => {
  it("makes a row of value 1 for each item of a line", async () => {
    const { rows, rejects } = await read("u1 a b\r\n\nu2\tc  d \nu3\nu1 b", { wish });
    assert.deepEqual(rows, [
      row("u1", "a", 1),
      row("u1", "b", 1),
      row("u2", "c", 1),
      row("u2", "d", 1),
      row("u1", "b", 1),
    ]);
    assert.deepEqual(rejects, []);
  });

  it("takes a line whole or not at all", async () => {
    const { rows, rejects } = await read(`u a b\x01 c\nv d\nw ${"x".repeat(300)} e\n`, { wish });
    assert.deepEqual(rows, [row("v", "d", 1)]);
    assert.deepEqual(rejects.map(({ line, reason }) => [line, reason]), [[1, "badId"], [3, "idTooLong"]]);
  });

  it("reads a line with more items than it has room for at first", async () => {
    const items = Array.from({ length: 5000 }, (_, i) => String(i));
    const { rows } = await read(`u ${items.join(" ")}\n`, { wish }, 1000);
    assert.deepEqual(rows.map(({ itemId }) => itemId), items);
  });
});
