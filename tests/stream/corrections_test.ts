import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { Corrections } from "../../src/stream/corrections.ts";
import { LogIds } from "../../src/stream/log_ids.ts";

const NOBODY = { userIds: [], itemIds: [] };

/** Of user "u" and item "i", unless said otherwise; offsets are positions. */
async function logOf(
  ...events: readonly { value: number; timeMs: number; itemId?: string; userId?: string }[]
) {
  const log = new MemoryEventLog();
  await log.append(events.map((event, k) => ({ eventId: `e${k}`, userId: "u", itemId: "i", ...event })));
  return log;
}

const NOISE = [{ value: 9, timeMs: 9, itemId: "other" }, { value: 9, timeMs: 9, userId: "other" }] as const;

describe("what a deletion leaves of a pair", () => {
  it("explicit: the latest of the other events; of equal times the one that came later", async () => {
    const log = await logOf({ value: 1, timeMs: 5 }, { value: 2, timeMs: 7 }, { value: 3, timeMs: 7 }, {
      value: 4,
      timeMs: 6,
    }, ...NOISE);
    const corrections = new Corrections(log, new LogIds(log, NOBODY), "explicit", 6);
    const delete2 = (await log.deleteEvent("u", "e2", 0))!;
    assert.deepEqual(await corrections.of(delete2, 2), {
      user: 0,
      item: 0,
      remaining: { value: 2, timeMs: 7 },
    });
    const delete1 = (await log.deleteEvent("u", "e1", 0))!;
    assert.deepEqual((await corrections.of(delete1, 1))!.remaining, { value: 4, timeMs: 6 });
  });

  it("implicit: the sum of the other events, added in single precision", async () => {
    const values = [0.1, 16777216, 1, 0.3];
    const log = await logOf(...values.map((value) => ({ value, timeMs: 1 })), ...NOISE);
    const corrections = new Corrections(log, new LogIds(log, NOBODY), "implicit", 6);
    const offset = (await log.deleteEvent("u", "e0", 0))!;
    const f = Math.fround, sum = f(f(f(16777216) + f(1)) + f(0.3));
    assert.equal((await corrections.of(offset, 0))!.remaining!.value, sum);
  });

  it("nothing, where there was one event", async () => {
    const log = await logOf({ value: 1, timeMs: 1 }, ...NOISE);
    const offset = (await log.deleteEvent("u", "e0", 0))!;
    const corrections = new Corrections(log, new LogIds(log, NOBODY), "explicit", 0);
    assert.deepEqual(await corrections.of(offset, 0), { user: 0, item: 0, remaining: undefined });
  });

  it("counts what was deleted later, and what came later it does not", async () => {
    const log = await logOf({ value: 1, timeMs: 1 }, { value: 2, timeMs: 2 }, { value: 3, timeMs: 3 });
    const first = (await log.deleteEvent("u", "e2", 0))!, second = (await log.deleteEvent("u", "e1", 0))!;
    await log.append([{ eventId: "late", userId: "u", itemId: "i", value: 7, timeMs: 7 }]);
    const third = (await log.deleteEvent("u", "e0", 0))!;
    const corrections = new Corrections(log, new LogIds(log, NOBODY), "explicit", 0);
    assert.deepEqual((await corrections.of(first, 2))!.remaining, { value: 2, timeMs: 2 });
    assert.deepEqual((await corrections.of(second, 1))!.remaining, { value: 1, timeMs: 1 });
    assert.deepEqual((await corrections.of(third, 0))!.remaining, { value: 7, timeMs: 7 });
  });

  it("is not known where the user was erased since", async () => {
    const log = await logOf({ value: 1, timeMs: 1 });
    const offset = (await log.deleteEvent("u", "e0", 0))!;
    await log.eraseUser("u", 0);
    assert.equal(await new Corrections(log, new LogIds(log, NOBODY), "explicit", 0).of(offset, 0), undefined);
  });
});
