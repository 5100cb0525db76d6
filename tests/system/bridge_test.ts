/**
 * The bridge as a real process, between a real broker and a store. FOZ_CRASHES says how often it is killed (3 if absent),
 * FOZ_CRASH_SEED when.
 */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openStore } from "../../src/commands/open_store.ts";
import { openTopics } from "../../src/commands/open_topics.ts";
import type { ReceivedMessage } from "../../src/ports/topic.ts";
import { interactionsOf } from "../../src/synthesize/event_batches.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";
import { Random } from "../../src/synthesize/random.ts";
import { whyNoKafka } from "../services/kafka_installation.ts";
import { startMongoDb, whyNoMongoDb } from "../services/mongodb_service.ts";
import { startKafka } from "../services/kafka_service.ts";
import { freshName, KAFKA_URL, skipWithout } from "../services/test_services.ts";
import { bridgeArguments, BridgeLoad, freshNames, pause, startBridge, until } from "./bridge_load.ts";
import { fozJson, startProgram } from "./program.ts";

const skip = skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA");
const skipStore = skip || await whyNoMongoDb() || false;
const skipOwn = skip || await whyNoKafka() || false;
const CRASHES = Math.max(1, Number(Deno.env.get("FOZ_CRASHES") ?? 3));
const random = Random.seeded(Number(Deno.env.get("FOZ_CRASH_SEED") ?? 1));
/** Of requests, and of events. */
const CRASH_COUNT = 20_000;
const EVENTS = 900;

const encoder = new TextEncoder(), decoder = new TextDecoder();
const bytes = (value: unknown) => encoder.encode(typeof value === "string" ? value : JSON.stringify(value));

/** Gone with the process that runs the tests: each describe may be run alone. */
const folder = skip === false ? Deno.makeTempDirSync({ prefix: "foz-bridge-" }) : "";
globalThis.addEventListener("unload", () => folder !== "" && Deno.removeSync(folder, { recursive: true }));
let stores = 0;

/** A store with a model that was trained on what is in its log. */
async function trainedStore(url = `sqlite:${folder}/${++stores}.db`): Promise<string> {
  const { eventLog, close } = await openStore(url);
  const world = plantWorld({ userCount: 40, itemCount: 60, eventCount: EVENTS, tasteCount: 3, seed: 2 });
  let n = 0;
  await eventLog.append([...interactionsOf(world)].map((one) => ({ ...one, eventId: `planted-${n++}` })));
  await close();
  await fozJson(["train", "--store", url, ...[
    "--factors",
    "4",
    "--epochs",
    "3",
    "--holdout",
    "0",
    "--threads",
    "1",
  ]]);
  return url;
}

describe("foz up --kafka", () => {
  it("answers all kinds of requests, takes events, and knows at once what it took", { skip }, async () => {
    const names = freshNames(), topics = await openTopics(KAFKA_URL), store = await trainedStore();
    const args = ["up", "--store", store, "--train-every", "0", ...bridgeArguments(KAFKA_URL, names)];
    const program = await startProgram(args), answers: ReceivedMessage[] = [], dead: ReceivedMessage[] = [];
    const abort = new AbortController();
    await until(
      "the topics are there",
      async () => await topics.places(`${names.events}.dead`) !== undefined,
    );
    const reading = [[names.recommendations, answers], [`${names.requests}.dead`, dead], [
      `${names.events}.dead`,
      dead,
    ]]
      .map(([topic, list]) =>
        topics.consume(
          { topics: [topic as string], group: freshName("r"), from: "beginning" },
          async ({ messages }) => {
            (list as ReceivedMessage[]).push(...messages);
          },
          abort.signal,
        )
      );
    const huge = new Uint8Array(900_000).fill(0x61);
    await topics.send(names.requests, [
      { key: bytes("u1"), value: bytes("u1"), headers: { trace: "t" } },
      { key: bytes("u2"), value: bytes({ userId: "u2", limit: 3, requestId: "r-2" }) },
      { key: bytes("nobody"), value: bytes("nobody") },
      ...[{ key: bytes("u1") }, { value: new Uint8Array(0) }, { value: huge }, {
        value: Uint8Array.of(0xff),
      }],
      { value: bytes('{"userId"') },
    ]);
    await topics.send(names.events, [{ value: bytes("no json") }, { key: bytes("x") }]);
    await until("all are answered or buried", () => answers.length === 3 && dead.length === 7);
    const byUser = new Map(
      answers.map(({ value }) => JSON.parse(decoder.decode(value))).map((one) => [one.userId, one]),
    );
    const http = await (await fetch(`${program.url}/v1/users/u1/recommendations`)).json();
    assert.deepEqual(
      byUser.get("u1").items.map(({ itemId }: { itemId: string }) => itemId),
      http.items.map(({ itemId }: { itemId: string }) => itemId),
    );
    assert.deepEqual([byUser.get("u1").basis, byUser.get("nobody").basis], ["personal", "popular"]);
    assert.deepEqual([byUser.get("u2").requestId, byUser.get("u2").items.length], ["r-2", 3]);
    assert.equal(answers.find(({ key }) => decoder.decode(key) === "u1")!.headers!.trace, "t");
    assert.deepEqual(Uint8Array.from(dead.find(({ value }) => (value?.length ?? 0) > 1000)!.value!), huge);
    assert.ok(
      dead.every(({ headers }) => headers!["foz-error"] !== "" && /-\d+-\d+$/.test(headers!["foz-origin"])),
    );

    // The list is never the one of before: its first item was just acted upon.
    for (let turn = 0; turn < 5; turn++) {
      answers.length = 0;
      const { items: [{ itemId }] } = byUser.get("u1");
      await topics.send(names.events, [{
        key: bytes("u1"),
        value: bytes({ userId: "u1", itemId, value: 5 }),
      }]);
      await topics.send(names.requests, [{
        key: bytes("u1"),
        value: bytes({ userId: "u1", afterEvents: true }),
      }]);
      await until("the answer is there", () => answers.length === 1);
      const answer = JSON.parse(decoder.decode(answers[0].value));
      assert.equal(answer.afterEvents, true);
      assert.ok(!answer.items.some((one: { itemId: string }) => one.itemId === itemId), `turn ${turn}`);
      byUser.set("u1", answer);
    }
    const ready = await (await fetch(`${program.url}/readyz`)).json();
    assert.deepEqual(ready.warnings, []);
    assert.match(
      await (await fetch(`${program.url}/metrics`)).text(),
      /foz_bridge_answers_total\{basis="personal"\} 7/,
    );
    abort.abort();
    await Promise.all(reading);
    assert.equal((await program.end("SIGTERM")).code, 0);
    await topics.close();
  });
});

describe("foz bridge", () => {
  it(`loses nothing when it is killed ${CRASHES} times`, { skip }, async () => {
    const store = await trainedStore(), load = await BridgeLoad.open(KAFKA_URL);
    let isSending = true;
    const sending = load.send(CRASH_COUNT, 60 * CRASHES).then(() => isSending = false);
    for (let crash = 0; crash < CRASHES; crash++) {
      const bridge = await startBridge(KAFKA_URL, store, load.names);
      const answered = load.answers.length;
      // Every third before it has read anything, the others at some moment after.
      if (crash % 3 !== 2) await until("it answers", () => load.answers.length > answered || !isSending, 60);
      // Soon after it begins with what has piled up, or at its leisure.
      await pause(random.below(crash % 2 === 0 ? 100 : 1200));
      assert.equal((await bridge.end("SIGKILL")).signal, "SIGKILL");
    }
    await sending;
    const last = await startBridge(KAFKA_URL, store, load.names);
    await load.untilAnswered();
    await load.untilTaken();
    assert.equal((await last.end("SIGTERM")).code, 0);
    const repeats = await load.checkAnswers();
    await load.checkLog(store, EVENTS);
    await load.close();
    console.log(
      `${CRASHES} kills: ${load.requestCount} requests answered, ${repeats} of them more than once`,
    );
  });

  it("hands over to another of its group when it is killed", { skip }, async () => {
    const store = await trainedStore(), load = await BridgeLoad.open(KAFKA_URL);
    const [first, second] = await Promise.all([1, 2].map(() => startBridge(KAFKA_URL, store, load.names)));
    const sending = load.send(4000, 100);
    await until("both read", async () => {
      const texts = await Promise.all(
        [first, second].map(async ({ health }) => (await fetch(`${health}/metrics`)).text()),
      );
      return texts.every((text) => /foz_bridge_answers_total\{basis="\w+"\} [1-9]/.test(text));
    });
    await first.end("SIGKILL");
    await sending;
    await load.untilAnswered();
    await load.untilTaken();
    const ready = await fetch(`${second.health}/readyz`);
    assert.equal(ready.status, 200, await ready.text());
    assert.equal((await second.end("SIGTERM")).code, 0);
    await load.checkAnswers();
    await load.checkLog(store, EVENTS);
    await load.close();
  });

  it(
    "answers from stored lists, and goes on when the store was killed and restarted",
    { skip: skipStore },
    async () => {
      const mongodb = await startMongoDb();
      try {
        const store = await trainedStore(`${mongodb.url}/bridge`), load = await BridgeLoad.open(KAFKA_URL);
        const bridge = await startBridge(KAFKA_URL, store, load.names, ["--answers", "store"]);
        const sending = load.send(4000, 200);
        await until("it answers", () => load.answers.length > 0);
        await mongodb.kill();
        await until("it says so", async () => (await fetch(`${bridge.health}/readyz`)).status === 503);
        await mongodb.restart();
        await sending;
        await load.untilAnswered();
        await load.untilTaken();
        assert.equal((await bridge.end("SIGTERM")).code, 0);
        await load.checkAnswers();
        await load.checkLog(store, EVENTS);
        await load.close();
      } finally {
        await mongodb.stop();
      }
    },
  );

  it("goes on when the broker was killed and restarted", { skip: skipOwn }, async () => {
    const kafka = await startKafka(), url = `${kafka.url}?session-ms=1500`;
    try {
      const store = await trainedStore(), load = await BridgeLoad.open(url);
      const bridge = await startBridge(url, store, load.names), sending = load.send(4000, 200);
      await until("it answers", () => load.answers.length > 0);
      await kafka.kill();
      await pause(1000);
      await kafka.restart();
      await sending;
      await load.untilAnswered();
      await load.untilTaken();
      await until("it says that all is well", async () => (await fetch(`${bridge.health}/readyz`)).ok);
      assert.equal((await bridge.end("SIGTERM")).code, 0);
      await load.checkAnswers();
      await load.checkLog(store, EVENTS);
      await load.close();
    } finally {
      await kafka.stop();
    }
  });
});
