import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Outbox } from "../../src/bridge/outbox.ts";
import { eventTaker } from "../../src/bridge/take_events.ts";
import type { CreatedEvent } from "../../src/ingest/accept_events.ts";
import type { TopicMessage } from "../../src/ports/topic.ts";
import { batchOf, bytesOf, plantedBridge, readAll } from "./planted_bridge.ts";

const json = (value: unknown): TopicMessage => ({ value: bytesOf(JSON.stringify(value)) });

function setUp() {
  const parts = plantedBridge(), appended: CreatedEvent[][] = [], places: [number, number][] = [];
  const handle = eventTaker({
    ...parts,
    outbox: new Outbox(parts.topics, parts.metrics),
    afterEvents: { appended: (partition, offset) => void places.push([partition, offset]) },
    onAppended: (events) => void appended.push([...events]),
  });
  return { ...parts, handle, appended, places };
}

describe("events of a topic", () => {
  it("are in the log once, whatever is given again", async () => {
    const { handle, eventLog, appended, places, metrics } = setUp();
    const messages = [
      json({ userId: "u", itemId: "i", value: 4 }),
      json({ userId: "u", itemId: "i", value: 4 }),
      json({ events: [{ userId: "v", itemId: "i" }, { userId: "v", itemId: "j", eventId: "own" }] }),
    ];
    await handle(batchOf("ev", messages, 70));
    await handle(batchOf("ev", messages, 70));
    await handle(batchOf("ev", messages.slice(1), 71));
    assert.equal(await eventLog.end(), 4);
    const events = await eventLog.eventsOfUser("u", { limit: 9 });
    assert.deepEqual(events.map(({ eventId, timeMs, value }) => [eventId, timeMs, value]), [
      ["ev-1-71", 1_700_000_000_071, 4],
      ["ev-1-70", 1_700_000_000_070, 4],
    ]);
    assert.deepEqual((await eventLog.eventsOfUser("v", { limit: 9 })).map(({ eventId }) => eventId), [
      "own",
      "ev-1-72-0",
    ]);
    assert.deepEqual(appended.map((events) => events.map(({ offset }) => offset)), [[0, 1, 2, 3]]);
    assert.deepEqual(places, [[1, 73], [1, 73], [1, 73]]);
    assert.match(await metrics.expose(), /foz_bridge_events_total\{status="duplicate"\} 7/);
  });

  it("that cannot be used are buried; the others go in", async () => {
    const { handle, eventLog, topics } = setUp();
    await handle(batchOf("ev", [
      json({ userId: "u", itemId: "i", eventId: "e" }),
      {},
      { value: Uint8Array.of(0xff) },
      json([1]),
      json({ userId: "u" }),
      json({ userId: "u", itemId: "i", rating: 5 }),
      json({ userId: "u", itemId: "other", eventId: "e" }),
      json({ events: [{ userId: "u", itemId: "k" }, { userId: "", itemId: "k" }] }),
      { value: bytesOf(`{"userId":"u","itemId":"${"x".repeat(900_000)}"}`) },
    ]));
    assert.equal(await eventLog.end(), 2);
    const dead = await readAll(topics, "ev.dead", 8);
    const reasons = new Map(dead.map(({ headers }) => [headers!["foz-origin"], headers!["foz-error"]]));
    const expected = [/tombstone/, /not JSON/, /no event/, /itemId is missing/, /"rating" is no property/];
    expected.push(/exists already with another body/, /userId is empty/, /too long/);
    expected.forEach((reason, i) => assert.match(reasons.get(`ev-1-${i + 1}`)!, reason));
    assert.equal(dead.at(-1)!.value!.length, 900_000 + '{"userId":"u","itemId":""}'.length);
  });

  it("are not finished when the log fails", async () => {
    const { places, topics, metrics, door, eventLog } = setUp();
    const log = Object.create(eventLog, {
      append: { value: () => Promise.reject(new Error("the disk is full")) },
    });
    const handle = eventTaker({
      ...{ door: { ...door, log }, metrics, outbox: new Outbox(topics, metrics) },
      afterEvents: { appended: () => assert.fail("nothing was appended") },
    });
    await assert.rejects(handle(batchOf("ev", [json({ userId: "u", itemId: "i" })])), /disk is full/);
    assert.deepEqual(places, []);
  });
});
