/**
 * kill -9 of `foz online` on a topic, at random moments, while messages come. FOZ_CRASHES says how many times (4 if absent),
 * FOZ_TEST_KAFKA at which broker besides the embedded topics. The oracle is another run, over other batches, never stopped.
 */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { runOnline } from "../../src/commands/online.ts";
import { openTopics } from "../../src/commands/open_topics.ts";
import type { Topics } from "../../src/ports/topic.ts";
import { Random } from "../../src/synthesize/random.ts";
import { sparseStream } from "../online/random_stream.ts";
import { KAFKA_URL, skipWithout } from "../services/test_services.ts";
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

const CRASHES = Math.max(1, Number(Deno.env.get("FOZ_CRASHES") ?? 4));
/** Each run gets so many to learn, at least, before it is killed. */
const PART = 300;
const COUNT = PART * (CRASHES + 1);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const MODEL = "scale | linear(optimizer=adam) | clip(min=-100, max=100)";

interface Names {
  readonly kafka: string;
  readonly topic: string;
  readonly predictions: string;
}

function flagsOf({ topic }: Names, checkpoint: string) {
  return {
    model: MODEL,
    stream: `topic:${topic}`,
    target: "y",
    detector: "adwin",
    delay: "7",
    checkpoint,
    checkpointEvery: "37",
    limit: String(COUNT),
  };
}

function startOnline(names: Names, checkpoint: string): Deno.ChildProcess {
  const { model, stream, target, detector, delay, checkpointEvery, limit } = flagsOf(names, checkpoint);
  const flags = {
    model,
    stream,
    target,
    detector,
    delay,
    checkpoint,
    "checkpoint-every": checkpointEvery,
    limit,
  };
  const given = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  return new Deno.Command(Deno.execPath(), {
    args: [...OWN_PROGRAM, "online", "--json", ...given],
    env: { FOZ_KAFKA: names.kafka, FOZ_KAFKA_PREDICTIONS: names.predictions, NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

/** What was predicted for each offset: all that was ever sent. */
async function predictionsIn(topics: Topics, topic: string): Promise<Map<number, Set<number>>> {
  const end = (await topics.places(topic))![0].endOffset, stop = new AbortController();
  const found = new Map<number, Set<number>>();
  await topics.consume(
    { topics: [topic], group: crypto.randomUUID(), from: "beginning" },
    async ({ messages }) => {
      for (const { value } of messages) {
        const { offset, prediction } = JSON.parse(new TextDecoder().decode(value));
        if (!found.has(offset)) found.set(offset, new Set());
        found.get(offset)!.add(prediction);
      }
      if (messages.at(-1)!.offset >= end - 1) stop.abort();
    },
    stop.signal,
  );
  return found;
}

/** Waits until the topic of predictions has so many, or the process has ended. */
async function untilPredicted(topics: Topics, topic: string, count: number): Promise<void> {
  for (let tries = 0; tries < 6000; tries++) {
    if (((await topics.places(topic))?.[0].endOffset ?? 0) >= count) return;
    await pause(10);
  }
  assert.fail(`waited in vain for ${count} predictions in ${topic}`);
}

async function crashes(kafka: string): Promise<void> {
  const folder = await Deno.makeTempDir(), random = Random.seeded(CRASHES), run = Date.now();
  const names = { kafka, topic: `crash.${run}.obs`, predictions: `crash.${run}.predictions` };
  const whole = { ...names, predictions: `crash.${run}.whole` };
  const topics = await openTopics(kafka), encoder = new TextEncoder();
  const messages = sparseStream(COUNT, 21).map(({ features, target }) => ({
    value: encoder.encode(JSON.stringify({ ...features, y: target })),
  }));
  await topics.create(names.topic, 1);
  await topics.create(names.predictions, 1);
  const sendPart = async (part: number) => {
    for (let at = part * PART; at < (part + 1) * PART; at += 10) {
      await topics.send(names.topic, messages.slice(at, at + 10));
      await pause(5);
    }
  };
  const checkpoint = `${folder}/killed.state`;
  for (let crash = 0; crash < CRASHES; crash++) {
    const child = startOnline(names, checkpoint);
    const before = (await topics.places(names.predictions))![0].endOffset;
    const sending = sendPart(crash);
    // A third of them before anything, or just something, was predicted.
    if (crash % 3 < 2) await untilPredicted(topics, names.predictions, before + 1);
    await pause(random.uniform() * 150);
    child.kill("SIGKILL");
    assert.equal((await child.status).signal, "SIGKILL");
    await sending;
  }
  const last = startOnline(names, checkpoint);
  await sendPart(CRASHES);
  const { code } = await last.status;
  assert.equal(code, 0);

  const never = `${folder}/never.state`;
  await runOnline(flagsOf(whole, never), {
    seed: 1,
    json: true,
    kafka,
    predictions: whole.predictions,
    signal: new AbortController().signal,
    print: () => {},
    warn: () => {},
  });
  assert.deepEqual(await Deno.readFile(checkpoint), await Deno.readFile(never));
  const [made, expected] = [
    await predictionsIn(topics, names.predictions),
    await predictionsIn(topics, whole.predictions),
  ];
  assert.equal(made.size, COUNT, "each observation was answered");
  // What was answered twice was answered the same.
  assert.deepEqual(made, new Map([...made.keys()].map((offset) => [offset, expected.get(offset)!])));
  await topics.close();
  await Deno.remove(folder, { recursive: true });
}

describe("foz online, killed again and again", () => {
  it("comes to the same weights, over embedded topics", async () => {
    const folder = await Deno.makeTempDir();
    await crashes(`sqlite:${folder}/topics.db`);
    await Deno.remove(folder, { recursive: true });
  });

  it(
    "comes to the same weights, over a Kafka topic",
    { skip: skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") },
    () => {
      return crashes(KAFKA_URL);
    },
  );
});
