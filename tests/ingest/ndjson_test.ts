import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { bytesOf, read, row } from "./reading.ts";

function lines(...values: unknown[]): string {
  return values.map((value) => typeof value === "string" ? value : JSON.stringify(value)).join("\n");
}

describe("NdjsonScanner", () => {
  it("reads events as HTTP takes them", async () => {
    const { rows, rejects } = await read(lines(
      { userId: "u", itemId: "i" },
      "",
      { userId: "ü", itemId: 'a"\\b', value: 2.5, time: 1_600_000_000_000 },
      { userId: "👍", itemId: "i", time: "2020-01-01T00:00:00Z", extra: { deep: [1] } },
    ));
    assert.deepEqual(rejects, []);
    assert.deepEqual(rows, [
      row("u", "i", 1),
      row("ü", 'a"\\b', 2.5, 1_600_000_000_000),
      row("👍", "i", 1, 1_577_836_800_000),
    ]);
  });

  it("finds properties under usual names, takes whole numbers as ids, seconds as times", async () => {
    const { rows } = await read(
      lines({ user_id: 7, track: "t", plays: 3, ts: 1_600_000_000 }, { user_id: 8, track: "t" }),
    );
    assert.deepEqual(rows, [row("7", "t", 3, 1_600_000_000_000), row("8", "t", 1)]);
  });

  it("takes the properties that are named", async () => {
    const { rows } = await read(lines({ a: "u", b: "i", c: 2, value: 9 }), {
      wish: { columns: ["a", "b", "c"] },
    });
    assert.deepEqual(rows, [row("u", "i", 2)]);
  });

  it("says what is wrong with a line, with its number", async () => {
    const event = { userId: "u", itemId: "i" };
    const bad = ["{", "[1]", "null", { itemId: "i" }, { ...event, userId: 1.5 }, {
      ...event,
      userId: "\ud800",
    }];
    const more = [{ ...event, value: "5" }, { ...event, value: -1 }, { ...event, time: "x" }];
    const rules = { minValue: 0, maxValue: 5, timeUnit: "auto" as const };
    const { rows, rejects } = await read(lines(event, ...bad, ...more), {
      rules,
      wish: { format: "ndjson" },
    });
    assert.equal(rows.length, 1);
    const reasons = ["notAnEvent", "notAnEvent", "notAnEvent", "missingField", "badId", "badId"];
    assert.deepEqual(
      rejects.map(({ line, reason }) => `${line} ${reason}`),
      [...reasons, "notANumber", "outOfRange", "badTime"].map((reason, i) => `${i + 2} ${reason}`),
    );
  });

  it("refuses a line that is not UTF-8", async () => {
    const bytes = bytesOf('{"userId":"u","itemId":"i"}\n{"userId":"v","itemId":"?"}\n');
    bytes[bytes.lastIndexOf(0x3f)] = 0xff;
    const { rows, rejects } = await read(bytes);
    assert.deepEqual([rows.length, rejects[0].reason, rejects[0].line], [1, "badUtf8", 2]);
  });

  it("keeps eventIds and types, in the order of the file", async () => {
    const { batches, eventIds } = await read(lines(
      { userId: "a", itemId: "i" },
      { userId: "b", itemId: "i", eventId: "mine" },
      { userId: "c", itemId: "i", type: "view" },
      { userId: "c", itemId: "i", type: "buy" },
      { userId: "c", itemId: "i" },
    ));
    assert.deepEqual(batches.map(({ kind }) => kind), ["columns", "named"]);
    const named = batches[1];
    assert.ok(named.kind === "named");
    assert.deepEqual(named.events.map(({ userId, type }) => [userId, type]), [
      ["b", undefined],
      ["c", "view"],
      ["c", "buy"],
      ["c", undefined],
    ]);
    assert.equal(eventIds[1], "mine");
    assert.equal(new Set(eventIds).size, 5);
    assert.deepEqual(named.places.map(({ line }) => line), [2, 3, 4, 5]);
  });

  it("gives a row the same eventId whether it stands in a batch of columns or among named ones", async () => {
    const row = { userId: "a", itemId: "i" }, named = { userId: "b", itemId: "i", eventId: "mine" };
    const [first, second] = [await read(lines(row, row, named)), await read(lines(named, row, row))];
    assert.deepEqual(second.eventIds.slice(1), first.eventIds.slice(0, 2));
    assert.notEqual(first.eventIds[0], first.eventIds[1]);
  });
});
