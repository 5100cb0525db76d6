import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Kafka } from "kafkajs";
import { parseAddress } from "../../../src/adapters/kafka/address.ts";
import { GroupConsumer } from "../../../src/adapters/kafka/group_consumer.ts";
import { KafkaTopics } from "../../../src/adapters/kafka/topics.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import type { MessageBatch } from "../../../src/ports/topic.ts";
import { freshName, KAFKA_URL, skipWithout } from "../../services/test_services.ts";

const skip = skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA");
const { sessionMs: SESSION_MS = 10_000 } = skip ? {} : parseAddress(KAFKA_URL);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    if (holds()) return;
    await pause(10);
  }
  assert.fail(`waited in vain until ${what}`);
}

function open(): KafkaTopics {
  return new KafkaTopics(KAFKA_URL);
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => ({ value: Uint8Array.of(i) }));

describe("a consumer of a Kafka group", () => {
  it("keeps its partition while a handler takes longer than a session", { skip }, async () => {
    const topics = open(), topic = freshName("long"), abort = new AbortController();
    await topics.create(topic, 1);
    await topics.send(topic, numbers(1));
    let joins = 0, handled = 0;
    const onAssigned = () => void joins++;
    const reading = topics.consume(
      { topics: [topic], group: topic, from: "beginning", onAssigned },
      async (batch) => {
        await pause(2 * SESSION_MS);
        assert.equal(batch.isStale(), false);
        handled++;
      },
      abort.signal,
    );
    await until("the handler is done", () => handled === 1);
    abort.abort();
    await reading;
    assert.deepEqual([joins, handled], [1, 1]);
    assert.equal((await topics.places(topic, topic))![0].groupOffset, 1);
    await topics.close();
  });

  it("knows after a rebalance what it lost, and handles again nothing that it kept", { skip }, async () => {
    const clients = [open(), open()],
      topic = freshName("moved"),
      aborts = [0, 1].map(() => new AbortController());
    await clients[0].create(topic, 2);
    await clients[0].send(topic, numbers(2));
    const begun: MessageBatch[] = [], handled: string[] = [], release = Promise.withResolvers<void>();
    const shares = [0, 0];
    const consume = (i: number, handle: (batch: MessageBatch) => Promise<void>) =>
      clients[i].consume(
        {
          ...{ topics: [topic], group: topic, from: "beginning" },
          onAssigned: (partitions) => void (shares[i] = partitions.length),
        },
        handle,
        aborts[i].signal,
      );
    const first = consume(0, async (batch) => {
      begun.push(batch);
      await release.promise;
      handled.push(`first ${batch.partition}@${batch.messages[0].offset}`);
    });
    await until("both partitions are being handled", () => begun.length === 2);
    const second = consume(1, async ({ partition, messages }) => {
      handled.push(`second ${partition}@${messages[0].offset}`);
    });
    await until("each has one", () => shares[0] === 1 && shares[1] === 1);
    const [lost] = begun.filter((batch) => batch.isStale()),
      [kept] = begun.filter((batch) => !batch.isStale());
    assert.ok(lost !== undefined && kept !== undefined);
    await until("the other handles what was lost", () => handled.length === 1);
    release.resolve();
    await until("all is handled", () => handled.length === 3);
    // A rebalance gives what was not committed again: long enough for it to come.
    await pause(1000);
    assert.deepEqual(
      handled.sort(),
      [`first ${kept.partition}@0`, `first ${lost.partition}@0`, `second ${lost.partition}@0`].sort(),
    );
    for (const abort of aborts) abort.abort();
    await Promise.all([first, second]);
    const places = await clients[0].places(topic, topic);
    assert.deepEqual(places!.map(({ groupOffset }) => groupOffset), [1, 1]);
    for (const client of clients) await client.close();
  });

  it("hands over a partition of one that vanished", { skip }, async () => {
    const topics = open(), topic = freshName("vanished");
    await topics.create(topic, 1);
    await topics.send(topic, numbers(1));
    const script = new URL("./consume_until_killed.ts", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", script, KAFKA_URL, topic],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    const abort = new AbortController(), offsets: number[] = [];
    await topics.consume({ topics: [topic], group: topic, from: "beginning" }, async ({ messages }) => {
      offsets.push(...messages.map(({ offset }) => offset));
      abort.abort();
    }, abort.signal);
    assert.deepEqual(offsets, [0]);
    await topics.close();
  });

  it("ends with an error when the broker says nothing for too long, whatever the library is trying", async () => {
    const events = { FETCH: "consumer.fetch", GROUP_JOIN: "consumer.group_join", CRASH: "consumer.crash" };
    let disconnected = 0;
    const silent = {
      ...{ events, on: () => () => {}, connect: () => Promise.resolve(), subscribe: () => Promise.resolve() },
      run: () => new Promise(() => {}),
      disconnect: () => Promise.resolve(void disconnected++),
    };
    const kafka = { consumer: () => silent } as unknown as Kafka;
    const options = { topics: ["t"], group: "g", from: "end" } as const;
    const consumer = new GroupConsumer(kafka, options, () => Promise.resolve(), {
      sessionMs: 9000,
      patienceMs: 500,
    });
    await assert.rejects(consumer.run(new AbortController().signal), (error: Error) => {
      return error instanceof OutsideFailure &&
        /^reading t: the broker has said nothing for 1 s/.test(error.message);
    });
    assert.equal(disconnected, 1);
  });

  it("ends with an error when the library's consumer crashes", { skip }, async () => {
    const topics = new KafkaTopics(KAFKA_URL, { retries: 1 });
    const missing = { topics: [freshName("missing")], group: freshName("g"), from: "beginning" } as const;
    await assert.rejects(
      topics.consume(missing, () => Promise.resolve(), new AbortController().signal),
      (error: Error) =>
        error instanceof OutsideFailure &&
        /^reading missing.* failed: there is no such topic/.test(error.message),
    );
    await topics.close();
  });
});
