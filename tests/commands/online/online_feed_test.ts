import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { runOnline } from "../../../src/commands/online.ts";
import { feedName } from "../../../src/commands/online/online_feed.ts";
import type { OnlineFlags } from "../../../src/commands/online/online_flags.ts";
import { openStore } from "../../../src/commands/open_store.ts";
import { openTopics } from "../../../src/commands/open_topics.ts";
import { BadInput } from "../../../src/domain/failure.ts";
import type { ReceivedMessage, Topics } from "../../../src/ports/topic.ts";
import { sparseStream } from "../../online/random_stream.ts";

let folder = "", kafka = "", topics: Topics;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
  kafka = `sqlite:${folder}/topics.db`;
  topics = await openTopics(kafka);
});
afterEach(async () => {
  await topics.close();
  await Deno.remove(folder, { recursive: true });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (value: Uint8Array | undefined) => new TextDecoder().decode(value);
const MESSAGES = sparseStream(400, 8).map(({ features, target }) => ({
  value: bytes(JSON.stringify({ ...features, y: target })),
}));

async function run(flags: Partial<OnlineFlags>, around: { store?: string; signal?: AbortSignal } = {}) {
  const printed: string[] = [], warned: string[] = [];
  await runOnline({ target: "y", checkpointEvery: "90", stream: "topic:obs", ...flags }, {
    seed: 1,
    json: true,
    kafka,
    predictions: "foz.predictions",
    signal: new AbortController().signal,
    ...around,
    print: (line) => void printed.push(line),
    warn: (line) => void warned.push(line),
  });
  return { document: JSON.parse(printed.at(-1)!), printed, warned };
}

/** Everything that is in a topic of one partition now. */
async function all(topic: string): Promise<ReceivedMessage[]> {
  const end = (await topics.places(topic))?.[0].endOffset ?? 0, messages: ReceivedMessage[] = [];
  const stop = new AbortController();
  if (end === 0) return [];
  await topics.consume({ topics: [topic], group: crypto.randomUUID(), from: "beginning" }, async (batch) => {
    messages.push(...batch.messages);
    if (messages.at(-1)!.offset >= end - 1) stop.abort();
  }, stop.signal);
  return messages;
}

const predictionsOf = async () =>
  (await all("foz.predictions")).map(({ value }) => JSON.parse(textOf(value)));

describe("feedName", () => {
  it("knows topics and the log, and leaves the rest to others", () => {
    assert.deepEqual(feedName("topic:foz.observations"), feedName("kafka:foz.observations"));
    assert.equal(feedName("log")?.kind, "log");
    for (const other of ["log.csv", "-", "friedman", "topics"]) assert.equal(feedName(other), undefined);
    for (const wrong of ["topic:", "topic:a b", `topic:${"a".repeat(250)}`]) {
      assert.throws(() => feedName(wrong), BadInput);
    }
  });
});

describe("foz online over a topic", () => {
  it("comes to the same as over a file, and sends what it predicted before it learnt", async () => {
    await topics.send("obs", MESSAGES);
    const file = `${folder}/obs.ndjson`;
    await Deno.writeTextFile(file, MESSAGES.map(({ value }) => textOf(value)).join("\n"));
    const { document: ofFile } = await run({ model: "scale | linear", stream: file });
    const { document } = await run({ model: "scale | linear", limit: "400" });
    assert.deepEqual(document.metrics, ofFile.metrics);
    const predictions = await predictionsOf();
    assert.equal(predictions.length, 400);
    let errors = 0;
    for (const [i, { topic, partition, offset, model, prediction }] of predictions.entries()) {
      assert.deepEqual([topic, partition, offset, model], ["obs", 0, i, "scale | linear"]);
      errors += Math.abs(JSON.parse(textOf(MESSAGES[i].value)).y - prediction);
    }
    // Before the first is learnt a linear model predicts 0.
    assert.equal(predictions[0].prediction, 0);
    assert.ok(Math.abs(errors / 400 - document.metrics.mae) < 1e-9);
    const [first] = await all("foz.predictions");
    assert.equal(first.headers?.["foz-observation"], "obs-0-0");
  });

  it("goes on from its checkpoint as if it had never stopped: the same bytes, with delayed targets too", async () => {
    await topics.send("obs", MESSAGES);
    for (const delay of [undefined, "25"]) {
      const whole = `${folder}/whole.${delay}`, parts = `${folder}/parts.${delay}`;
      const flags = { model: "scale | linear(optimizer=adam)", delay, detector: "adwin" };
      await run({ ...flags, checkpoint: whole, limit: "400" });
      for (const limit of ["1", "120", "399", "400"]) await run({ ...flags, checkpoint: parts, limit });
      assert.deepEqual(await Deno.readFile(parts), await Deno.readFile(whole));
    }
  });

  it("follows until it is stopped, and stops cleanly", async () => {
    const stop = new AbortController(), checkpoint = `${folder}/followed.state`;
    const following = run({ model: "mean", checkpoint }, { signal: stop.signal });
    await topics.send("obs", MESSAGES.slice(0, 10));
    while ((await predictionsOf()).length < 10) await new Promise((resolve) => setTimeout(resolve, 5));
    await topics.send("obs", MESSAGES.slice(10, 15));
    while ((await predictionsOf()).length < 15) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    assert.equal((await following).document.events, 15);
    await topics.send("obs", MESSAGES.slice(15, 20));
    assert.equal((await run({ model: "mean", checkpoint, untilEnd: true })).document.events, 20);
    assert.equal((await predictionsOf()).length, 20);
  });

  it("takes a topic of several partitions as a whole", async () => {
    await topics.create("obs", 3);
    await topics.send("obs", MESSAGES);
    const checkpoint = `${folder}/three.state`;
    await run({ model: "mean", checkpoint, limit: "130" });
    const { document } = await run({ model: "mean", checkpoint, untilEnd: true });
    assert.equal(document.events, 400);
    const targets = MESSAGES.map(({ value }) => JSON.parse(textOf(value)).y);
    const last = (await predictionsOf()).at(-1).prediction, sum = targets.reduce((total, y) => total + y, 0);
    // The mean of all but one.
    assert.ok(targets.some((y) => Math.abs((sum - y) / 399 - last) < 1e-9));
    assert.equal(
      new Set((await predictionsOf()).map(({ partition, offset }) => `${partition} ${offset}`)).size,
      400,
    );
  });

  it("puts aside what cannot be used, with its bytes, and goes on", async () => {
    await topics.send("obs", [
      MESSAGES[0],
      { key: bytes("k"), value: bytes("no JSON") },
      { key: bytes("tombstone") },
      { value: bytes('{"a": "text", "y": 1}') },
      { value: bytes('{"a": 1}') },
      { value: Uint8Array.of(0xff, 0xfe), headers: { trace: "7" } },
      { value: new Uint8Array(0) },
      MESSAGES[1],
    ]);
    const { document, warned } = await run({ model: "linear", untilEnd: true });
    assert.deepEqual([document.events, document.refused], [2, 6]);
    assert.ok(warned.length >= 5);
    const dead = await all("obs.dead");
    assert.deepEqual(
      dead.map(({ headers }) => headers?.["foz-origin"]),
      [1, 2, 3, 4, 5, 6].map((i) => `obs-0-${i}`),
    );
    const reasons = [
      /as JSON/,
      /tombstone/,
      /the text "text"/,
      /target "y": it is not there/,
      /no UTF-8/,
      /empty/,
    ];
    for (const [i, reason] of reasons.entries()) assert.match(dead[i].headers!["foz-error"], reason);
    assert.equal(textOf(dead[0].value), "no JSON");
    assert.equal(textOf(dead[0].key), "k");
    assert.equal(dead[1].value, undefined);
    assert.deepEqual([...dead[4].value!], [0xff, 0xfe]);
    assert.equal(dead[4].headers?.trace, "7");
    assert.equal((await predictionsOf()).length, 2);
  });

  it("says what is wrong", async () => {
    await assert.rejects(run({ model: "mean", from: "middle" }), /--from was given "middle"/);
    await topics.send("obs", MESSAGES.slice(0, 5));
    const checkpoint = `${folder}/x.state`;
    await run({ model: "mean", checkpoint, untilEnd: true });
    kafka = `sqlite:${folder}/other.db`;
    await assert.rejects(run({ model: "mean", checkpoint }), /at 5: it ends at 0, so it was made anew/);
    kafka = "";
    await assert.rejects(run({ model: "mean" }), /--kafka or FOZ_KAFKA says where/);
  });
});

describe("foz online over the log", () => {
  it("learns values by user and item, and goes on with what came later", async () => {
    const store = `sqlite:${folder}/foz.db`, opened = await openStore(store);
    const event = (i: number) => ({
      eventId: `e${i}`,
      userId: `u${i % 3}`,
      itemId: `i${i % 5}`,
      value: 1 + i % 4,
      timeMs: 1000 + i,
    });
    await opened.eventLog.append(Array.from({ length: 30 }, (_, i) => event(i)));
    const checkpoint = `${folder}/log.state`, flags = { model: "baseline", stream: "log", untilEnd: true };
    assert.equal((await run({ ...flags, checkpoint }, { store })).document.events, 30);
    await opened.eventLog.append(Array.from({ length: 12 }, (_, i) => event(30 + i)));
    const { document } = await run({ ...flags, checkpoint }, { store });
    assert.equal(document.events, 42);
    const lines = Array.from({ length: 42 }, (_, i) => event(i)).map(({ userId, itemId, value }) =>
      JSON.stringify({ user: userId, item: itemId, y: value })
    );
    await Deno.writeTextFile(`${folder}/log.ndjson`, lines.join("\n"));
    const { document: ofFile } = await run({ model: "baseline", stream: `${folder}/log.ndjson` });
    assert.deepEqual(document.metrics, ofFile.metrics);
    assert.deepEqual((await predictionsOf()).map(({ topic, offset }) => [topic, offset]).at(-1), ["log", 41]);
    await opened.close();
  });
});
