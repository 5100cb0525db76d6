import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { EventTraces } from "../../src/serve/event_traces.ts";

describe("EventTraces", () => {
  it("remembers when each step came first", () => {
    const traces = new EventTraces();
    traces.logged([{ eventId: "a", offset: 4 }, { eventId: "b", offset: 5 }], 100, 102);
    assert.deepEqual(traces.of("a"), { eventId: "a", offset: 4, receivedMs: 100, loggedMs: 102 });
    traces.learned(5, 104);
    traces.visible(5, 105);
    traces.learned(6, 110);
    traces.visible(6, 111);
    traces.visible(7, 120);
    assert.deepEqual(traces.of("a"), {
      eventId: "a",
      offset: 4,
      receivedMs: 100,
      loggedMs: 102,
      learnedMs: 104,
      visibleMs: 105,
    });
    assert.deepEqual(traces.of("b"), {
      eventId: "b",
      offset: 5,
      receivedMs: 100,
      loggedMs: 102,
      learnedMs: 110,
      visibleMs: 111,
    });
    assert.equal(traces.of("c"), undefined);
  });

  it("knows of events that were learned before it heard of them", () => {
    const traces = new EventTraces();
    traces.learned(5, 101);
    traces.logged([{ eventId: "a", offset: 4 }, { eventId: "b", offset: 5 }], 100, 102);
    const [a, b] = ["a", "b"].map((eventId) => traces.of(eventId));
    // It was durable before it was learned.
    assert.deepEqual(a, { eventId: "a", offset: 4, receivedMs: 100, loggedMs: 101, learnedMs: 101 });
    assert.deepEqual(b, { eventId: "b", offset: 5, receivedMs: 100, loggedMs: 102 });
  });

  it("takes answers of two requests in any order", () => {
    const traces = new EventTraces();
    traces.logged([{ eventId: "late", offset: 9 }], 1, 2);
    traces.logged([{ eventId: "early", offset: 8 }], 1, 2);
    traces.visible(9, 3);
    assert.equal(traces.of("early")!.visibleMs, 3);
    assert.equal(traces.of("late")!.visibleMs, undefined);
  });

  it("forgets the oldest of more than 10,000", () => {
    const traces = new EventTraces();
    for (let offset = 0; offset <= 10_000; offset++) traces.logged([{ eventId: `e${offset}`, offset }], 0, 0);
    assert.equal(traces.of("e0"), undefined);
    assert.equal(traces.of("e1")!.offset, 1);
    traces.visible(10_001, 7);
    assert.equal(traces.of("e10000")!.visibleMs, 7);
  });

  it("forgets what was deleted", () => {
    const traces = new EventTraces();
    traces.logged([1, 2, 3].map((offset) => ({ eventId: `e${offset}`, offset })), 0, 0);
    traces.forget((offset) => offset === 2);
    traces.visible(9, 50);
    assert.deepEqual([1, 2, 3].map((offset) => traces.of(`e${offset}`)?.visibleMs), [50, undefined, 50]);
    assert.equal(traces.of("e2"), undefined);
  });
});
