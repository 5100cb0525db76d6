/** What src/ports/event_log.ts says, sentence by sentence, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { ControlRecord, LoggedEvent, NewEvent, NewEventColumns } from "../../src/domain/event.ts";
import { eventIdOfKey, keyOfEventId } from "../../src/domain/event_key.ts";
import { BadInput } from "../../src/domain/failure.ts";
import type { EventLog, ReadOptions } from "../../src/ports/event_log.ts";
import { PlainLog } from "../reference/plain_log.ts";
import { newColumns, type Row } from "./new_columns.ts";

function event(eventId: string, more: Partial<NewEvent> = {}): NewEvent {
  return { eventId, userId: "u", itemId: "i", value: 1, timeMs: 1000, ...more };
}

function row(key: number, more: Partial<Row> = {}): Row {
  return { userId: "u", itemId: "i", value: 1, timeMs: 1000, key: [key, 7 * key, 0, 1], ...more };
}

const CONTROL: ControlRecord = {
  kind: "trainingStarted",
  generation: "g000001",
  untilOffset: 3,
  seed: 42,
  parameters: { factors: 64, regularization: 0.08, feedback: "explicit" },
};

/** All events as `read` gives them, with ids for codes. */
async function readAll(
  log: EventLog,
  options: ReadOptions = {},
): Promise<Omit<LoggedEvent, "eventId" | "type">[]> {
  const events: Omit<LoggedEvent, "eventId" | "type">[] = [];
  for await (const batch of log.read(options)) {
    const [userIds, itemIds] = await Promise.all([log.userIds(), log.itemIds()]);
    assert.ok(batch.count > 0 && batch.count <= (options.batchCount ?? Infinity));
    for (const column of [batch.offsets, batch.users, batch.items, batch.values, batch.timesMs]) {
      assert.equal(column.length, batch.count);
    }
    for (let i = 0; i < batch.count; i++) {
      events.push({
        offset: batch.offsets[i],
        userId: userIds[batch.users[i]],
        itemId: itemIds[batch.items[i]],
        value: batch.values[i],
        timeMs: batch.timesMs[i],
      });
    }
  }
  return events;
}

/** That the log holds exactly what the plain one holds, by every way to ask. */
async function assertSame(log: EventLog, plain: PlainLog): Promise<void> {
  assert.equal(await log.end(), plain.records.length);
  assert.deepEqual(await log.userIds(), plain.userIds());
  assert.deepEqual(await log.itemIds(), plain.itemIds());
  assert.deepEqual(await log.readControls(), plain.controls());
  const withoutId = plain.events().map(({ eventId: _eventId, type: _type, ...event }) => event);
  assert.deepEqual(await readAll(log), withoutId);
  for (const userId of new Set(plain.userIds())) {
    assert.deepEqual(await log.eventsOfUser(userId, { limit: 1e9 }), plain.eventsOfUser(userId));
  }
  const deleted = plain.deletedOffsets();
  assert.deepEqual(await log.deletedOffsets(), Float64Array.from(deleted));
  for (const logged of plain.events().slice(0, 300)) {
    const expected = deleted.includes(logged.offset) ? undefined : logged;
    assert.deepEqual(await log.findEvent(logged.eventId), expected);
  }
}

const ODD_IDS = [
  "a b",
  "a/b?c=d&e",
  "'\"`;--",
  "😀",
  "e\u0301",
  "\0",
  "a\0b",
  "\ufeff",
  "x".repeat(256),
  "é".repeat(256),
];

let many: NewEventColumns | undefined;

/** 100,000 rows: user u(i mod 997), item i(i mod 89). Made once for all adapters. */
function manyColumns(): NewEventColumns {
  many ??= newColumns(Array.from({ length: 100_000 }, (_, i) => {
    // A step that is prime to 2^32 makes different first words of all keys.
    const key = [Math.imul(i, 2654435761) >>> 0, i, 0, 0];
    return { userId: `u${i % 997}`, itemId: `i${i % 89}`, value: i / 3, timeMs: 1e12 + i, key };
  }));
  return many;
}

export function describeEventLog(name: string, open: () => Promise<EventLog>): void {
  describe(`event log: ${name}`, () => {
    let log: EventLog;
    beforeEach(async () => {
      log = await open();
    });
    afterEach(() => log.close());

    it("begins empty, with an id of its own", async () => {
      await assertSame(log, new PlainLog());
      assert.match(log.logId, /^[0-9a-f]{32}$/);
      assert.equal(await log.findEvent("x"), undefined);
      assert.deepEqual(await log.eventsOfUser("u", { limit: 10 }), []);
    });

    it("numbers events and control records together, from 0 without gaps", async () => {
      assert.deepEqual(await log.append([event("a"), event("b")]), [
        { status: "created", offset: 0 },
        { status: "created", offset: 1 },
      ]);
      assert.equal(await log.appendControl(CONTROL, 5), 2);
      assert.deepEqual(await log.appendColumns(newColumns([row(1), row(2)])), {
        created: 2,
        duplicates: 0,
        end: 5,
      });
      assert.equal(await log.appendControl({ kind: "generationActivated", generation: "g000001" }, 6), 5);
      assert.equal(await log.end(), 6);
      assert.deepEqual((await readAll(log)).map(({ offset }) => offset), [0, 1, 3, 4]);
      assert.deepEqual((await log.readControls()).map(({ offset }) => offset), [2, 5]);
    });

    it("keeps every part of an event exactly", async () => {
      const values = [0.1, -3, 5e-324, 1.7976931348623157e308, 123456789.123456789];
      const events = values.map((value, i) =>
        event(`odd ${i}`, {
          value,
          timeMs: i === 0 ? 0 : 1e12 * i + 0.5,
          ...(i % 2 ? { type: `type "${i}"` } : {}),
        })
      );
      await log.append(events);
      for (const [offset, sent] of events.entries()) {
        assert.deepEqual(await log.findEvent(sent.eventId), { ...sent, offset });
      }
      assert.deepEqual(
        await log.eventsOfUser("u", { limit: 9 }),
        events.map((e, offset) => ({ ...e, offset })).reverse(),
      );
      assert.deepEqual(
        (await readAll(log)).map(({ value, timeMs }) => ({ value, timeMs })),
        events.map(({ value, timeMs }) => ({ value, timeMs })),
      );
    });

    it("keeps ids of every kind apart", async () => {
      const plain = new PlainLog();
      const events = ODD_IDS.map((id) =>
        event(`event ${id}`.slice(0, 256), { userId: id, itemId: id, type: id })
      );
      plain.append(events);
      await log.append(events);
      const batch = newColumns(ODD_IDS.map((id, i) => row(i, { userId: `${id}2`, itemId: `${id}3` })));
      plain.appendColumns(batch);
      await log.appendColumns(batch);
      await assertSame(log, plain);
    });

    it("gives the codes in order of first appearance, from any code on", async () => {
      await log.append([event("1", { userId: "b", itemId: "y" }), event("2", { userId: "a", itemId: "y" })]);
      await log.appendColumns(
        newColumns([row(3, { userId: "c", itemId: "x" }), row(4, { userId: "a", itemId: "z" })]),
      );
      assert.deepEqual(await log.userIds(), ["b", "a", "c"]);
      assert.deepEqual(await log.itemIds(), ["y", "x", "z"]);
      assert.deepEqual(await log.userIds(1), ["a", "c"]);
      assert.deepEqual(await log.itemIds(3), []);
    });

    it("takes a repeated event for a duplicate", async () => {
      await log.append([event("a", { type: "click" }), event("b")]);
      const again = await log.append([event("b"), event("c"), event("a", { type: "click" })]);
      assert.deepEqual(again, [
        { status: "duplicate", offset: 1 },
        { status: "created", offset: 2 },
        { status: "duplicate", offset: 0 },
      ]);
      assert.equal(await log.end(), 3);
    });

    it("takes another body under a known id for a conflict, and keeps the first", async () => {
      const first = event("a", { type: "click" });
      await log.append([first]);
      const others = [
        { userId: "other" },
        { itemId: "other" },
        { value: 2 },
        { timeMs: 1001 },
        { type: "buy" },
        { type: undefined },
      ];
      for (const other of others) {
        const { type, ...changed } = { ...first, ...other };
        const appended = await log.append([type === undefined ? changed : { ...changed, type }]);
        assert.deepEqual(appended, [{ status: "conflict", offset: 0 }], JSON.stringify(other));
      }
      assert.deepEqual(await log.findEvent("a"), { ...first, offset: 0 });
      assert.deepEqual(await log.userIds(), ["u"]);
      assert.deepEqual(await log.itemIds(), ["i"]);
    });

    it("does not compare times that the receiver gave", async () => {
      await log.append([event("a", { timeMs: 5, timeAssigned: true })]);
      assert.deepEqual(await log.append([event("a", { timeMs: 9, timeAssigned: true })]), [
        { status: "duplicate", offset: 0 },
      ]);
      assert.deepEqual(await log.append([event("a", { timeMs: 9 })]), [{ status: "conflict", offset: 0 }]);
      assert.deepEqual(await log.findEvent("a"), { ...event("a", { timeMs: 5 }), offset: 0 });
    });

    it("sees the same id twice within one call", async () => {
      assert.deepEqual(await log.append([event("a"), event("a"), event("a", { value: 2 }), event("b")]), [
        { status: "created", offset: 0 },
        { status: "duplicate", offset: 0 },
        { status: "conflict", offset: 0 },
        { status: "created", offset: 1 },
      ]);
    });

    it("drops repeats of a batch's rows, in the batch and across batches", async () => {
      assert.deepEqual(await log.appendColumns(newColumns([row(1), row(2), row(1), row(3)])), {
        created: 3,
        duplicates: 1,
        end: 3,
      });
      assert.deepEqual(await log.appendColumns(newColumns([row(3), row(4), row(2)])), {
        created: 1,
        duplicates: 2,
        end: 4,
      });
      // Equal in three of four words.
      const near = [[1, 7, 0, 2], [1, 7, 3, 1], [1, 8, 0, 1], [9, 7, 0, 1]];
      const appended = await log.appendColumns(newColumns(near.map((key) => row(0, { key }))));
      assert.equal(appended.created, 4);
    });

    it("gives no code to who occurs in dropped rows only", async () => {
      await log.appendColumns(newColumns([row(1)]));
      const dropped = row(1, { userId: "stranger", itemId: "thing" });
      await log.appendColumns(newColumns([dropped, row(2, { userId: "v", itemId: "j" })]));
      assert.deepEqual(await log.userIds(), ["u", "v"]);
      assert.deepEqual(await log.itemIds(), ["i", "j"]);
    });

    it("knows an imported row by its event id", async () => {
      await log.appendColumns(newColumns([row(1)]));
      const eventId = eventIdOfKey(Uint32Array.of(1, 7, 0, 1));
      assert.equal(eventId, "row-00000001000000070000000000000001");
      assert.deepEqual(await log.append([event(eventId), event(eventId, { value: 4 })]), [
        { status: "duplicate", offset: 0 },
        { status: "conflict", offset: 0 },
      ]);
      await log.append([event("row-000000020000000e0000000000000001")]);
      assert.equal((await log.appendColumns(newColumns([row(2)]))).created, 0);
    });

    it("keeps two ids apart that share a key", async () => {
      const rowId = eventIdOfKey(keyOfEventId("mine"));
      await log.append([event("mine"), event(rowId, { value: 2 })]);
      assert.equal(await log.end(), 2);
      assert.equal((await log.findEvent("mine"))!.value, 1);
      assert.equal((await log.findEvent(rowId))!.value, 2);
      await log.append([event("other")]);
      const key = [...keyOfEventId("other")];
      assert.equal((await log.appendColumns(newColumns([row(0, { key })]))).created, 1);
    });

    it("changes nothing when nothing is appended", async () => {
      await log.append([event("a")]);
      assert.deepEqual(await log.append([]), []);
      assert.deepEqual(await log.appendColumns(newColumns([])), { created: 0, duplicates: 0, end: 1 });
      assert.equal(await log.end(), 1);
    });

    it("refuses half of a surrogate pair and keeps nothing of that append", async () => {
      for (const odd of ["\ud83d", "a\ude00", "\ude00\ud83d"]) {
        const events = [event("ok"), event("b", { userId: odd })];
        await assert.rejects(log.append(events), BadInput);
        await assert.rejects(log.append([event(odd)]), BadInput);
        await assert.rejects(log.append([event("c", { itemId: odd })]), BadInput);
        await assert.rejects(log.appendColumns(newColumns([row(1), row(2, { userId: odd })])), BadInput);
        await assert.rejects(log.appendColumns(newColumns([row(1), row(2, { itemId: odd })])), BadInput);
      }
      await assertSame(log, new PlainLog());
    });

    it("writes appends in the order in which they were asked for", async () => {
      const plain = new PlainLog();
      const pending: Promise<unknown>[] = [];
      for (let i = 0; i < 40; i++) {
        const events = [event(`e${i}`, { userId: `u${i % 7}` }), event(`f${i % 11}`)];
        plain.append(events);
        pending.push(log.append(events));
        const columns = newColumns([row(i % 13, { userId: `c${i % 5}` })]);
        plain.appendColumns(columns);
        pending.push(log.appendColumns(columns));
        if (i % 10 === 0) {
          plain.appendControl(CONTROL, i);
          pending.push(log.appendControl(CONTROL, i));
        }
      }
      await Promise.all(pending);
      await assertSame(log, plain);
    });

    it("leaves a batch's arrays to the caller", async () => {
      const columns = newColumns([row(1), row(2, { value: 3 })]);
      await log.appendColumns(columns);
      assert.deepEqual(columns, newColumns([row(1), row(2, { value: 3 })]));
    });

    it("reads the same whatever the batches", async () => {
      const rows = Array.from({ length: 100 }, (_, i) => row(i, { userId: `u${i % 3}`, value: i }));
      for (let start = 0; start < 100; start += 20) {
        await log.appendColumns(newColumns(rows.slice(start, start + 20)));
        await log.appendControl(CONTROL, start);
      }
      const all = await readAll(log);
      assert.deepEqual(all.map(({ value }) => value), rows.map(({ value }) => value));
      for (const batchCount of [1, 7, 20, 21, 1000]) {
        assert.deepEqual(await readAll(log, { batchCount }), all);
        for (
          const [from, until] of [[0, 50], [19, 22], [20, 21], [33, 104], [104, 105], [50, 50], [90, 9999]]
        ) {
          const part = all.filter(({ offset }) => offset >= from && offset < until);
          assert.deepEqual(await readAll(log, { batchCount, fromOffset: from, untilOffset: until }), part);
        }
      }
    });

    it("reads to the end at the call, and to the caller belongs what it gives", async () => {
      await log.appendColumns(newColumns([row(1), row(2)]));
      const reading = log.read({ batchCount: 1 });
      await log.append([event("later")]);
      let count = 0;
      for await (const batch of reading) {
        count += batch.count;
        batch.values.fill(99), batch.users.fill(99), batch.offsets.fill(99);
      }
      assert.equal(count, 2);
      assert.deepEqual((await readAll(log)).map(({ offset, value }) => [offset, value]), [[0, 1], [1, 1], [
        2,
        1,
      ]]);
    });

    it("lets a reader stop early", async () => {
      await log.appendColumns(newColumns(Array.from({ length: 50 }, (_, i) => row(i))));
      for await (const batch of log.read({ batchCount: 10 })) {
        assert.equal(batch.count, 10);
        break;
      }
      assert.equal((await log.append([event("after")]))[0].offset, 50);
    });

    it("gives control records by range, as they were written", async () => {
      await log.append([event("a")]);
      await log.appendControl(CONTROL, 1.5);
      await log.appendControl({ kind: "generationActivated", generation: 'g"000002' }, 1e12);
      const both = [
        { offset: 1, timeMs: 1.5, record: CONTROL },
        { offset: 2, timeMs: 1e12, record: { kind: "generationActivated", generation: 'g"000002' } },
      ];
      assert.deepEqual(await log.readControls(), both);
      assert.deepEqual(await log.readControls({ fromOffset: 2 }), both.slice(1));
      assert.deepEqual(await log.readControls({ fromOffset: 1, untilOffset: 2 }), both.slice(0, 1));
    });

    it("gives a user's events newest first, in pages", async () => {
      const rows = Array.from(
        { length: 60 },
        (_, i) => row(i, { userId: i % 3 === 0 ? "frequent" : `rare ${i}`, value: i }),
      );
      for (let start = 0; start < 60; start += 10) {
        await log.appendColumns(newColumns(rows.slice(start, start + 10)));
      }
      const all = await log.eventsOfUser("frequent", { limit: 1000 });
      assert.deepEqual(all.map(({ value }) => value), Array.from({ length: 20 }, (_, i) => 57 - 3 * i));
      const first = await log.eventsOfUser("frequent", { limit: 8 });
      const second = await log.eventsOfUser("frequent", { limit: 8, beforeOffset: first.at(-1)!.offset });
      assert.deepEqual([...first, ...second], all.slice(0, 16));
      assert.deepEqual(await log.eventsOfUser("frequent", { limit: 5, beforeOffset: 0 }), []);
      assert.deepEqual(await log.eventsOfUser("frequent", { limit: 0 }), []);
      assert.deepEqual(await log.eventsOfUser("nobody", { limit: 5 }), []);
    });

    it("takes 100,000 rows at once", async () => {
      const columns = manyColumns(), { count } = columns;
      assert.deepEqual(await log.appendColumns(columns), { created: count, duplicates: 0, end: count });
      assert.deepEqual(await log.appendColumns(columns), { created: 0, duplicates: count, end: count });
      let at = 0;
      for await (const batch of log.read()) {
        assert.deepEqual(batch.offsets, Float64Array.from({ length: batch.count }, (_, i) => at + i));
        assert.deepEqual(batch.users, columns.users.slice(at, at + batch.count));
        assert.deepEqual(batch.items, columns.items.slice(at, at + batch.count));
        assert.deepEqual(batch.values, columns.values.slice(at, at + batch.count));
        assert.deepEqual(batch.timesMs, columns.timesMs.slice(at, at + batch.count));
        at += batch.count;
      }
      assert.equal(at, count);
      const ofUser = await log.eventsOfUser("u500", { limit: 1e9 });
      const expected = Array.from({ length: Math.ceil((count - 500) / 997) }, (_, i) => 500 + 997 * i)
        .reverse();
      assert.deepEqual(ofUser.map(({ offset }) => offset), expected);
      for (const offset of [0, 1023, 1024, 77_777, count - 1]) {
        const eventId = eventIdOfKey(columns.keys, 4 * offset);
        assert.equal((await log.findEvent(eventId))!.offset, offset);
      }
    });

    it("deletes an event once, for its user, and keeps its place and its id", async () => {
      const first = event("a", { type: "click" });
      await log.append([first, event("b"), event("c", { userId: "v" })]);
      assert.equal(await log.deleteEvent("v", "a", 7), undefined, "somebody else's");
      assert.equal(await log.deleteEvent("u", "nothing", 7), undefined);
      assert.equal(await log.deleteEvent("nobody", "a", 7), undefined);
      assert.equal(await log.end(), 3);
      assert.equal(await log.deleteEvent("u", "a", 7), 3);
      assert.equal(await log.deleteEvent("u", "a", 8), 3, "the earlier record");
      assert.deepEqual(await log.readControls(), [
        { offset: 3, timeMs: 7, record: { kind: "eventDeleted", deletedOffset: 0 } },
      ]);
      assert.deepEqual(await log.deletedOffsets(), Float64Array.of(0));
      assert.equal(await log.findEvent("a"), undefined);
      assert.deepEqual((await log.eventsOfUser("u", { limit: 9 })).map(({ eventId }) => eventId), ["b"]);
      assert.deepEqual((await readAll(log)).map(({ offset }) => offset), [0, 1, 2]);
      assert.deepEqual(await log.append([first, { ...first, value: 9 }]), [
        { status: "duplicate", offset: 0 },
        { status: "conflict", offset: 0 },
      ]);
      assert.equal(await log.end(), 4);
    });

    it("gives as many of a user's events as are asked for, however many were deleted between", async () => {
      await log.append(Array.from({ length: 30 }, (_, i) => event(`e${i}`)));
      for (let i = 5; i < 28; i++) await log.deleteEvent("u", `e${i}`, i);
      const found = await log.eventsOfUser("u", { limit: 4 });
      assert.deepEqual(found.map(({ eventId }) => eventId), ["e29", "e28", "e4", "e3"]);
      assert.deepEqual(await log.deletedOffsets(), Float64Array.from({ length: 23 }, (_, i) => 5 + i));
    });

    it("erases a user: events, id, and what was deleted before", async () => {
      await log.append([event("a", { userId: "gone" }), event("b"), event("c", { userId: "gone" })]);
      await log.deleteEvent("gone", "a", 1);
      assert.deepEqual(await log.eraseUser("gone", 5), { offset: 4, userCode: 0, eventCount: 2 });
      assert.equal(await log.end(), 5);
      assert.deepEqual((await readAll(log)).map(({ offset }) => offset), [1]);
      assert.deepEqual((await log.readControls({ fromOffset: 4 })).map(({ record }) => record), [
        { kind: "userErased", userCode: 0, eventCount: 2 },
      ]);
      assert.deepEqual(await log.userIds(), ["", "u"]);
      assert.deepEqual(await log.deletedOffsets(), new Float64Array());
      assert.deepEqual(await log.eventsOfUser("gone", { limit: 9 }), []);
      for (const eventId of ["a", "c"]) {
        assert.equal(await log.findEvent(eventId), undefined);
        assert.equal(await log.deleteEvent("gone", eventId, 6), undefined);
      }
      assert.equal(await log.eraseUser("gone", 6), undefined);
      assert.equal(await log.eraseUser("nobody", 6), undefined);
      assert.equal(await log.eraseUser("", 6), undefined);
      assert.equal(await log.end(), 5);
    });

    it("does not bring erased events back when they are sent again, by either door", async () => {
      await log.append([event("a", { userId: "gone" })]);
      const rows = [row(1, { userId: "gone" }), row(2), row(3, { userId: "gone" })];
      await log.appendColumns(newColumns(rows));
      await log.eraseUser("gone", 5);
      assert.deepEqual(await log.append([event("a", { userId: "gone" }), event("a", { value: 7 })]), [
        { status: "duplicate", offset: 0 },
        { status: "duplicate", offset: 0 },
      ]);
      assert.deepEqual(await log.appendColumns(newColumns([...rows, row(4)])), {
        created: 1,
        duplicates: 3,
        end: 6,
      });
      const eventId = eventIdOfKey(Uint32Array.of(3, 21, 0, 1));
      assert.deepEqual(await log.append([event(eventId, { userId: "gone" })]), [
        { status: "duplicate", offset: 3 },
      ]);
      assert.deepEqual(await log.userIds(), ["", "u"]);
    });

    it("takes an erased id that comes back for somebody new", async () => {
      await log.append([event("a", { userId: "gone" }), event("b")]);
      await log.eraseUser("gone", 5);
      assert.deepEqual(await log.append([event("again", { userId: "gone" })]), [
        { status: "created", offset: 3 },
      ]);
      assert.deepEqual(await log.userIds(), ["", "u", "gone"]);
      assert.deepEqual(await log.userIds(2), ["gone"]);
      assert.deepEqual((await log.eventsOfUser("gone", { limit: 9 })).map(({ offset }) => offset), [3]);
      assert.deepEqual(await log.eraseUser("gone", 6), { offset: 4, userCode: 2, eventCount: 1 });
      assert.deepEqual(await log.userIds(), ["", "u", ""]);
      await log.append([event("new", { userId: "w" })]);
      assert.deepEqual(await log.userIds(), ["", "u", "", "w"]);
    });

    it("erases somebody among 100,000 rows, and nothing of anybody else", async () => {
      const columns = manyColumns(), { count } = columns;
      await log.appendColumns(columns);
      const userCode = columns.userIds.indexOf("u500"), eventCount = 100;
      assert.deepEqual(await log.eraseUser("u500", 5), { offset: count, userCode, eventCount });
      const offsets: number[] = [];
      for await (const batch of log.read({ batchCount: 5000 })) {
        for (let i = 0; i < batch.count; i++) {
          assert.equal(batch.users[i], columns.users[batch.offsets[i]]);
          assert.equal(batch.values[i], columns.values[batch.offsets[i]]);
        }
        offsets.push(...batch.offsets);
      }
      assert.equal(offsets.length, count - eventCount);
      assert.ok(offsets.every((offset) => offset % 997 !== 500));
      assert.deepEqual(await log.appendColumns(columns), { created: 0, duplicates: count, end: count + 1 });
      for (const offset of [0, 499, 501, 77_777, count - 1]) {
        assert.equal((await log.findEvent(eventIdOfKey(columns.keys, 4 * offset)))!.offset, offset);
      }
      assert.equal(await log.findEvent(eventIdOfKey(columns.keys, 4 * 500)), undefined);
      assert.equal((await log.eventsOfUser("u501", { limit: 1e9 })).length, 100);
    });

    it("agrees with the plain log on a random history", async () => {
      const plain = new PlainLog();
      let state = 12345;
      const random = (
        below: number,
      ) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0, (state >>> 16) % below);
      for (let step = 0; step < 150; step++) {
        const someone = { userId: `u${random(9)}`, itemId: `i${random(6)}` };
        const what = random(12);
        if (what === 0) {
          assert.equal(await log.appendControl(CONTROL, step), plain.appendControl(CONTROL, step));
        } else if (what === 1) {
          const { userId } = someone;
          assert.deepEqual(await log.eraseUser(userId, step), plain.eraseUser(userId, step));
        } else if (what < 4) {
          const [known] = plain.eventsOfUser(someone.userId), eventId = known?.eventId ?? `e${random(300)}`;
          assert.equal(
            await log.deleteEvent(someone.userId, eventId, step),
            plain.deleteEvent(someone.userId, eventId, step),
          );
        } else if (random(2) === 0) {
          const events = Array.from(
            { length: random(12) },
            () => event(`e${random(300)}`, { ...someone, value: random(3), timeAssigned: random(2) === 0 }),
          );
          assert.deepEqual(await log.append(events), plain.append(events));
        } else {
          const columns = newColumns(Array.from({ length: random(30) }, () => row(random(900), someone)));
          assert.deepEqual(await log.appendColumns(columns), plain.appendColumns(columns));
        }
      }
      assert.ok(plain.events().length > 200, "the history is long enough to mean something");
      assert.ok(plain.deletedOffsets().length > 2);
      await assertSame(log, plain);
    });
  });
}
