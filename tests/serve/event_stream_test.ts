import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { eventStream, streamCount } from "../../src/serve/event_stream.ts";

/** Seconds pass at once; `sleeps` is how long each waiting was. */
function quickClock() {
  const sleeps: number[] = [];
  const clock: Clock = { ...systemClock, sleep: async (ms) => void sleeps.push(ms) };
  return { clock, sleeps };
}

const NEVER = new AbortController().signal;

describe("eventStream", () => {
  it("says something at once and then each second, as often as was asked for", async () => {
    const { clock, sleeps } = quickClock();
    let said = 0;
    const response = eventStream({
      type: "state",
      clock,
      count: 3,
      closing: NEVER,
      next: () => ({ said: ++said }),
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const messages = [1, 2, 3].map((k) => `event: state\ndata: {"said":${k}}\n\n`);
    assert.equal(await response.text(), messages.join(""));
    assert.deepEqual(sleeps, [1000, 1000]);
  });

  it("ends where there is nothing more to say", async () => {
    const { clock } = quickClock(), left = [1, 2];
    const response = eventStream({ type: "x", clock, closing: NEVER, next: () => left.shift() });
    assert.equal((await response.text()).match(/event: x/g)?.length, 2);
  });

  it("ends when the server does, and when the reader leaves, without asking again", async () => {
    const closing = new AbortController();
    let asked = 0;
    const options = { type: "x", clock: systemClock, closing: closing.signal, next: () => ++asked };
    const reader = eventStream(options).body!.getReader(), leaving = eventStream(options).body!.getReader();
    await reader.read();
    await leaving.read();
    await leaving.cancel();
    const waiting = reader.read();
    closing.abort();
    assert.equal((await waiting).done, true);
    assert.equal(asked, 2);
  });
});

describe("streamCount", () => {
  it("is a whole number from 1 to 9999, or absent", () => {
    assert.deepEqual(["1", "9999", undefined].map((text) => streamCount.parse(text)), [1, 9999, undefined]);
    for (const text of ["0", "10000", "1.5", "-1", ""]) {
      assert.equal(streamCount.safeParse(text).success, false, text);
    }
  });
});
