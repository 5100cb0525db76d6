import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { type PlantedServer, plantedServer } from "../planted_server.ts";

let server: PlantedServer, passedMs: number;
/** A second passes at once where one is waited for. */
const clock: Clock = {
  ...systemClock,
  monotonicMs: () => passedMs,
  sleep: async (ms, signal) => {
    if (ms < 1000) return await systemClock.sleep(ms, signal);
    await systemClock.sleep(1, signal);
    passedMs += ms;
  },
};
beforeEach(async () => {
  passedMs = 0;
  server = await plantedServer({ clock, seenCount: 0 });
});
afterEach(() => server.stop());

const messagesOf = (text: string) =>
  text.split("\n\n").filter((message) => message !== "").map((message) => {
    const [event, data] = message.split("\n");
    assert.equal(event, "event: state");
    return JSON.parse(data.replace(/^data: /, ""));
  });

describe("GET /v1/stream", () => {
  it("tells the state each second, and how fast the log grows", async () => {
    const figures = {
      ...{ generation: "g000001", appliedOffset: 0, numericFailures: 0 },
      ...{
        window: { rankedEvents: 1, recallAt10: 1, ratedEvents: 0 },
        total: { rankedEvents: 1, ratedEvents: 0 },
        driftCount: 1,
        drifts: [{ detector: "adwin", figure: "recallAt10" as const, offset: 7 }],
        documents: { waiting: 2, lagMs: 10, refreshed: 5 },
      },
    };
    server.model.measured(figures);
    const response = await server.get("/v1/stream?count=2"), reader = response.body!.getReader();
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const decode = (chunk: { value?: Uint8Array }) => messagesOf(new TextDecoder().decode(chunk.value));
    const [first] = decode(await reader.read());
    assert.deepEqual(first, {
      ...{ generation: "g000001", appliedOffset: 0, logEnd: 0, lagEvents: 0, lagMs: 0, eventsPerSecond: 0 },
      ...{ warnings: [], learner: figures },
    });
    const events = [1, 2, 3].map((k) => ({ eventId: `e${k}`, userId: "42", itemId: "661" }));
    await server.send("POST", "/v1/events", { events });
    const [second] = decode(await reader.read());
    assert.deepEqual([second.appliedOffset, second.logEnd, second.eventsPerSecond], [3, 3, 3]);
    assert.equal((await reader.read()).done, true);
  });

  it("ends when the server does, and when the reader leaves", async () => {
    const left = (await server.get("/v1/stream")).body!.getReader();
    await left.read();
    await left.cancel();
    const reader = (await server.get("/v1/stream")).body!.getReader();
    await reader.read();
    server.model.close();
    assert.equal((await reader.read()).done, true);
    assert.equal(await (await server.get("/v1/stream")).text(), "");
  });

  it("refuses a count that is none", async () => {
    assert.equal((await server.get("/v1/stream?count=0")).status, 422);
  });
});
