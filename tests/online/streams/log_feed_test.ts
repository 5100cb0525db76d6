import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../../src/adapters/memory/event_log.ts";
import { LogFeed } from "../../../src/online/streams/log_feed.ts";
import { HastyClock } from "../faulty_topics.ts";

const event = (i: number) => ({
  eventId: `e${i}`,
  userId: `u${i % 3}`,
  itemId: `i${i}`,
  value: i / 2,
  timeMs: 100 + i,
});
const events = (from: number, until: number) =>
  Array.from({ length: until - from }, (_, i) => event(from + i));

describe("LogFeed", () => {
  it("gives events as observations of user and item, from a place on, past control records", async () => {
    const log = new MemoryEventLog(), feed = new LogFeed({ log, clock: new HastyClock() });
    await log.append(events(0, 4));
    await log.appendControl({ kind: "generationActivated", generation: "g000001" }, 1);
    await log.append(events(4, 6));
    const seen: unknown[] = [];
    await feed.follow({ positionOf: () => 2, untilEnd: true }, async ({ partition, records }) => {
      assert.equal(partition, 0);
      for (const { offset, read, message } of records) seen.push([offset, read.observation, message]);
    }, new AbortController().signal);
    const offsets = [2, 3, 5, 6];
    assert.deepEqual(
      seen,
      events(2, 6).map(({ userId, itemId, value, timeMs }, i) => [
        offsets[i],
        { features: { user: userId, item: itemId }, target: value, timeMs },
        undefined,
      ]),
    );
  });

  it("follows what is appended, with users and items it has not seen, until it is told to stop", async () => {
    const log = new MemoryEventLog(), feed = new LogFeed({ log, clock: new HastyClock() });
    const stop = new AbortController(), seen: unknown[] = [];
    await log.append(events(0, 1));
    await feed.follow({ positionOf: () => undefined, untilEnd: false }, async ({ records }) => {
      seen.push(...records.map(({ read }) => read.observation?.features.item));
      if (seen.length === 3) stop.abort();
      else await log.append(events(seen.length, seen.length + 1));
    }, stop.signal);
    assert.deepEqual(seen, ["i0", "i1", "i2"]);
  });
});
