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

/** Stands where the library stands: the test says when the group is joined, and what is fetched. */
function plantedLibrary() {
  const listeners = new Map<string, (event: unknown) => void>();
  const planted = {
    take: undefined as ((batch: unknown) => Promise<void>) | undefined,
    resolved: [] as string[],
    committed: [] as string[],
    settings: {} as Record<string, unknown>,
    crash: (error: Error) => listeners.get("crash")!({ payload: { error, restart: false } }),
    join: (memberAssignment: Record<string, number[]>) =>
      listeners.get("join")!({ payload: { memberAssignment } }),
    kafka: undefined as unknown as Kafka,
  };
  const consumer = {
    events: { FETCH: "fetch", GROUP_JOIN: "join", CRASH: "crash" },
    on: (name: string, listener: (event: unknown) => void) => void listeners.set(name, listener),
    connect: () => Promise.resolve(),
    subscribe: () => Promise.resolve(),
    run: ({ eachBatch, ...settings }: { eachBatch: (payload: unknown) => Promise<void> }) => {
      Object.assign(planted.settings, settings);
      const resolveOffset = (offset: string) => void planted.resolved.push(offset);
      planted.take = (batch) => eachBatch({ batch, resolveOffset, isStale: () => false });
      return Promise.resolve();
    },
    commitOffsets: (offsets: { offset: string }[]) => {
      planted.committed.push(...offsets.map(({ offset }) => offset));
      return Promise.resolve();
    },
    disconnect: () => Promise.resolve(),
  };
  const create = (settings: Record<string, unknown>) => {
    Object.assign(planted.settings, settings);
    return consumer;
  };
  planted.kafka = { consumer: create } as unknown as Kafka;
  return planted;
}

function batchOf(offsets: readonly number[]) {
  return {
    ...{ topic: "t", partition: 0, highWatermark: "9", lastOffset: () => String(offsets.at(-1)) },
    messages: offsets.map((offset) => ({ offset: String(offset), timestamp: "1", key: null, value: null })),
  };
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

  it("passes over what it has finished when a rebalance gives it again", async () => {
    const library = plantedLibrary(), abort = new AbortController(), handled: number[] = [];
    const options = { topics: ["t"], group: "g", from: "beginning" } as const;
    const consumer = new GroupConsumer(library.kafka, options, async ({ messages }) => {
      handled.push(...messages.map(({ offset }) => offset));
    }, { sessionMs: 9000, patienceMs: 60_000 });
    const running = consumer.run(abort.signal);
    await until("it reads", () => library.take !== undefined);
    library.join({ t: [0] });
    await library.take!(batchOf([0, 1, 2]));
    library.join({ t: [0] });
    await library.take!(batchOf([0, 1, 2]));
    await library.take!(batchOf([1, 2, 3]));
    // Of somebody else meanwhile, who may have finished less than was finished here.
    library.join({ t: [1] });
    library.join({ t: [0] });
    await library.take!(batchOf([2, 3]));
    abort.abort();
    await running;
    assert.deepEqual(handled, [0, 1, 2, 3, 2, 3]);
    assert.deepEqual(library.resolved, ["2", "2", "3", "3"]);
    assert.deepEqual(library.committed.at(-1), "4");
  });

  it("ends when the library's consumer crashes, which is only an event, and asks it for what its defaults are not", async () => {
    const library = plantedLibrary(), options = { topics: ["t"], group: "g", from: "beginning" } as const;
    const times = { sessionMs: 9000, patienceMs: 60_000 };
    const consumer = new GroupConsumer(library.kafka, options, () => Promise.resolve(), times);
    const running = consumer.run(new AbortController().signal);
    running.catch(() => {});
    await until("it reads", () => library.take !== undefined);
    library.crash(
      Object.assign(new Error("Brotli compression not implemented"), { name: "KafkaJSNotImplemented" }),
    );
    await assert.rejects(running, {
      name: "OutsideFailure",
      message: /^reading t failed: .*compressed by Brotli/,
    });
    const { autoCommit, eachBatchAutoResolve, allowAutoTopicCreation, maxWaitTimeInMs } = library.settings;
    assert.deepEqual([autoCommit, eachBatchAutoResolve, allowAutoTopicCreation], [false, false, false]);
    assert.ok(Number(maxWaitTimeInMs) <= 1000);
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

  it("ends with an error when there is no such topic", { skip }, async () => {
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
