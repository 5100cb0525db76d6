import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { KAFKA_URL, MONGODB_URL, skipWithout } from "../services/test_services.ts";
import { benchBridge, quantile, USUAL_PARTS } from "./bridge.ts";
import { cpuSecondsOf } from "./bridge/bridge_process.ts";
import { inTime, LimitedProcess } from "./bridge/limited_process.ts";

describe("bench:bridge", () => {
  it("measures everything on tiny input", { skip: skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") }, async () => {
    const settings = { tiny: true, threads: 1, dataFolder: "/nowhere", parts: USUAL_PARTS };
    const figures = await benchBridge({ ...settings, kafka: KAFKA_URL, mongodb: MONGODB_URL });
    assert.equal(figures.length, MONGODB_URL === "" ? 8 : 11);
    for (const { work, unit, value } of figures) assert.ok(unit === "%" || value.median > 0, work);
  });

  it("takes quantiles by rank, and the time of a process", () => {
    const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
    assert.deepEqual([quantile(samples, 0.5), quantile(samples, 0.99), quantile([7], 0.99)], [51, 100, 7]);
    const seconds = cpuSecondsOf("self");
    assert.ok(Number.isNaN(seconds) || seconds > 0);
  });

  it("does not wait for a peer that has ended, and tells what it said", async () => {
    const code = "console.error('no more memory'); Deno.exit(3)";
    const peer = new LimitedProcess("Peer", Deno.execPath(), ["eval", code]);
    const failure = await peer.within("a burst", 60_000, new Promise(() => {})).catch(String);
    assert.match(`${failure}`, /Peer, a burst: it ended with code 3; it said last: no more memory/);
    await peer.stop();
  });

  it("waits for a peer no longer than it may take", async () => {
    const code = "console.error('up'); await new Promise((resolve) => setTimeout(resolve, 60_000))";
    const peer = new LimitedProcess("Peer", Deno.execPath(), ["eval", code]);
    const failure = await peer.within("a burst", 1500, new Promise(() => {})).catch(String);
    assert.match(`${failure}`, /Peer, a burst: a burst took longer than 1.5 s; it said last: up/);
    await peer.stop();
    assert.equal(await peer.within("an answer", 1000, Promise.resolve(7)), 7);
    assert.equal(await inTime("an answer", 1000, Promise.resolve(8)), 8);
    await assert.rejects(inTime("an answer", 1, new Promise(() => {})), /an answer took longer than 0.001 s/);
  });
});
