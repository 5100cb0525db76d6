import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { groupOf, runBridge, topicsOf } from "../../src/bridge/run_bridge.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import type { Topics } from "../../src/ports/topic.ts";
import { bytesOf, NAMES, plantedBridge, readAll, textOf } from "./planted_bridge.ts";

const event = (userId: string) => ({
  key: bytesOf(userId),
  value: bytesOf(JSON.stringify({ userId, itemId: "i" })),
});
const request = (userId: string) => ({ key: bytesOf(userId), value: bytesOf(userId) });

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`waited in vain until ${what}`);
}

describe("the bridge", () => {
  it("makes its topics, answers requests, takes events, and says where it is", async () => {
    const parts = plantedBridge(), { topics, eventLog, state } = parts, stopping = new AbortController();
    const running = runBridge(parts, stopping.signal);
    await until("it reads", () => state.isReady(["requests", "events"]));
    for (const topic of topicsOf(NAMES)) assert.equal((await topics.places(topic))?.length, 4, topic);
    await topics.send("ev", ["a", "b", "c"].map(event));
    await topics.send("req", ["a", "b", "c", "a"].map(request));
    const answers = await readAll(topics, "rec", 4);
    assert.deepEqual(answers.map(({ key }) => textOf(key)).sort(), ["a", "a", "b", "c"]);
    await until("the events are in the log", async () => await eventLog.end() === 3);
    stopping.abort();
    await running;
    const places = await topics.places("ev", groupOf(NAMES, "events"));
    assert.deepEqual(places!.map(({ groupOffset = 0, endOffset }) => endOffset - groupOffset), [0, 0, 0, 0]);
  });

  it("goes on after the log was away: nothing is lost, nothing twice, and it says so meanwhile", async () => {
    const parts = plantedBridge(), { topics, eventLog, state, notes, door } = parts;
    let isAway = true, attempts = 0;
    const append: typeof eventLog.append = (events) => {
      attempts++;
      return isAway ? Promise.reject(new OutsideFailure("the store is away")) : eventLog.append(events);
    };
    const log = Object.create(eventLog, { append: { value: append } });
    const stopping = new AbortController();
    const running = runBridge({ ...parts, door: { ...door, log } }, stopping.signal);
    await topics.send("ev", Array.from({ length: 50 }, (_, i) => event(`u${i}`)));
    await until("it has tried", () => attempts >= 2);
    assert.match(state.warnings.join(), /the bridge's events: the store is away/);
    // Requests are answered all the same.
    await topics.send("req", [request("a")]);
    await readAll(topics, "rec", 1);
    isAway = false;
    await until("the events are in the log", async () => await eventLog.end() === 50);
    await until("nothing is wrong any more", () => state.warnings.length === 0);
    assert.ok(
      notes.some(({ what, error }) => /the store is away/.test(what) && error instanceof OutsideFailure),
    );
    assert.match(await parts.metrics.expose(), /foz_bridge_failures_total\{part="events"\} [1-9]/);
    stopping.abort();
    await running;
  });

  it("starts when the topics can be reached, and stops while they cannot", async () => {
    const parts = plantedBridge(), { topics, state } = parts;
    let isAway = true;
    const away: Topics = {
      send: (...given) => topics.send(...given),
      consume: (...given) => topics.consume(...given),
      create: (...given) => topics.create(...given),
      places: (...given) =>
        isAway ? Promise.reject(new OutsideFailure("no broker")) : topics.places(...given),
      close: () => topics.close(),
    };
    const stopping = new AbortController(), running = runBridge({ ...parts, topics: away }, stopping.signal);
    await until("it says so", () => state.warnings.length > 0);
    assert.match(state.warnings.join(), /the bridge's topics: no broker/);
    isAway = false;
    await until("it reads", () => state.isReady(["requests", "events"]));
    stopping.abort();
    await running;
    const never = new AbortController();
    isAway = true;
    const waiting = runBridge({ ...parts, topics: away }, never.signal);
    await new Promise((resolve) => setTimeout(resolve, 20));
    never.abort();
    await waiting;
  });
});
