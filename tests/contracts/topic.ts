/** What src/ports/topic.ts says, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { partitionOf } from "../../src/domain/partitioner.ts";
import type {
  ConsumeOptions,
  MessageBatch,
  ReceivedMessage,
  TopicMessage,
  Topics,
} from "../../src/ports/topic.ts";

export interface OpenedTopics {
  readonly port: Topics;
  /** Another client of the same topics, as another process would be. Closed by `close`. */
  another(): Promise<Topics>;
  close(): Promise<void>;
}

const encoder = new TextEncoder(), decoder = new TextDecoder();
const bytes = (text: string) => encoder.encode(text);
const textOf = (value: Uint8Array | undefined) => value === undefined ? undefined : decoder.decode(value);

function numbered(from: number, to: number, key?: string): TopicMessage[] {
  return Array.from({ length: to - from }, (_, i) => ({
    ...(key === undefined ? {} : { key: bytes(key) }),
    value: bytes(String(from + i)),
  }));
}

let counter = 0;
/** Brokers outlive a test run: every test has names of its own. */
function freshName(what: string): string {
  return `${what}.${Date.now()}.${++counter}`;
}

interface Taken extends ReceivedMessage {
  readonly partition: number;
  readonly text: string | undefined;
}

interface Reading {
  readonly taken: Taken[];
  readonly batches: MessageBatch[];
  /** Resolves when so many messages were taken; rejects when the consumer ends before. */
  until(count: number): Promise<void>;
  /** Aborts, and waits for the end. */
  stop(): Promise<void>;
  readonly done: Promise<void>;
}

type Options = Partial<ConsumeOptions> & Pick<ConsumeOptions, "topics" | "group">;

function read(
  topics: Topics,
  options: Options,
  handle: (batch: MessageBatch) => Promise<void> = async () => {},
): Reading {
  const taken: Taken[] = [], batches: MessageBatch[] = [];
  const abort = new AbortController();
  let changed = Promise.withResolvers<void>();
  const done = topics.consume({ from: "beginning", ...options }, async (batch) => {
    batches.push(batch);
    await handle(batch);
    taken.push(
      ...batch.messages.map((one) => ({ ...one, partition: batch.partition, text: textOf(one.value) })),
    );
    changed.resolve();
    changed = Promise.withResolvers<void>();
  }, abort.signal);
  done.catch(() => {});
  return {
    taken,
    batches,
    done,
    until: async (count) => {
      const ended = done.then(() =>
        assert.fail(`the consumer ended with ${taken.length} of ${count} messages`)
      );
      ended.catch(() => {});
      while (taken.length < count) await Promise.race([changed.promise, ended]);
    },
    stop: async () => {
      abort.abort();
      await done;
    },
  };
}

/** Texts in the order in which they came. */
const textsOf = ({ taken }: Reading) => taken.map(({ text }) => text);

/** "0", "1", ... as often as they were sent. */
const texts = (from: number, to: number) => numbered(from, to).map(({ value }) => textOf(value));

async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2000; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`waited in vain until ${what}`);
}

export function describeTopics(name: string, open: () => Promise<OpenedTopics>): void {
  describe(`topics: ${name}`, () => {
    let opened: OpenedTopics, topics: Topics;
    let topic = "", group = "";
    beforeEach(async () => {
      opened = await open();
      topics = opened.port;
      topic = freshName("topic");
      group = freshName("group");
    });
    afterEach(() => opened.close());

    it("gives what was sent, to the byte: keys, values, headers, tombstones, empty values", async () => {
      await topics.create(topic, 1);
      const everyByte = Uint8Array.from({ length: 256 }, (_, i) => i), beforeMs = Date.now();
      const sent: TopicMessage[] = [
        { key: bytes("k"), value: everyByte, headers: { "foz-request": "a-1-2", "ü": "ß" } },
        { key: everyByte },
        { value: new Uint8Array(0) },
      ];
      await topics.send(topic, sent);
      const reading = read(topics, { topics: [topic], group });
      await reading.until(3);
      await reading.stop();
      const [first, tombstone, empty] = reading.taken;
      assert.deepEqual(Uint8Array.from(first.value!), everyByte);
      assert.equal(textOf(first.key), "k");
      assert.deepEqual(first.headers, sent[0].headers);
      assert.deepEqual(Uint8Array.from(tombstone.key!), everyByte);
      assert.equal(tombstone.value, undefined);
      assert.equal(empty.value?.length, 0);
      assert.equal(empty.key, undefined);
      for (const { timeMs } of reading.taken) {
        assert.ok(timeMs >= beforeMs - 1000 && timeMs <= Date.now() + 1000);
      }
    });

    it("keeps the order within a partition, over calls that do not wait for one another", async () => {
      await topics.create(topic, 1);
      await Promise.all([0, 100, 200].map((from) => topics.send(topic, numbered(from, from + 100))));
      await topics.send(topic, numbered(300, 310));
      const reading = read(topics, { topics: [topic], group });
      await reading.until(310);
      await reading.stop();
      // Calls side by side may come in any order; each stays together.
      const order = textsOf(reading);
      for (const from of [0, 100, 200]) {
        const at = order.indexOf(String(from));
        assert.deepEqual(order.slice(at, at + 100), texts(from, from + 100));
      }
      assert.deepEqual(order.slice(300), texts(300, 310));
      const offsets = reading.taken.map(({ offset }) => offset);
      assert.ok(offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]));
    });

    it("puts keys where Kafka's Java client puts them, and spreads messages without one", async () => {
      await topics.create(topic, 3);
      const keys = Array.from({ length: 30 }, (_, i) => `user-${i}`);
      await topics.send(topic, keys.map((key) => ({ key: bytes(key), value: bytes(key) })));
      await topics.send(topic, numbered(0, 30));
      const reading = read(topics, { topics: [topic], group });
      await reading.until(60);
      await reading.stop();
      const keyed = reading.taken.filter(({ key }) => key !== undefined);
      for (const { key, partition } of keyed) assert.equal(partition, partitionOf(key!, 3));
      const keyless = reading.taken.filter(({ key }) => key === undefined);
      assert.deepEqual(new Set(keyless.map(({ partition }) => partition)), new Set([0, 1, 2]));
    });

    it("goes on where the group was; another group begins where it is told to", async () => {
      await topics.create(topic, 1);
      await topics.send(topic, numbered(0, 10));
      const first = read(topics, { topics: [topic], group });
      await first.until(10);
      await first.stop();
      await topics.send(topic, numbered(10, 15));
      const second = read(topics, { topics: [topic], group });
      await second.until(5);
      await second.stop();
      assert.deepEqual(textsOf(second), texts(10, 15));
      const other = read(topics, { topics: [topic], group: freshName("other") });
      await other.until(15);
      await other.stop();
      assert.deepEqual(textsOf(other), texts(0, 15));
    });

    it("begins at the end for a group that wants only what is new", async () => {
      await topics.create(topic, 1);
      await topics.send(topic, numbered(0, 10));
      let assigned = 0;
      const reading = read(topics, {
        topics: [topic],
        group,
        from: "end",
        onAssigned: (partitions) => void (assigned = partitions.length),
      });
      await eventually("the partition is assigned", () => assigned === 1);
      // Where the end is may be asked for only now.
      await eventually("something new is seen", async () => {
        await topics.send(topic, numbered(10, 11));
        return reading.taken.length > 0;
      });
      await reading.stop();
      assert.deepEqual(new Set(textsOf(reading)), new Set(["10"]));
    });

    it("gives what was sent while it waits", async () => {
      await topics.create(topic, 1);
      const reading = read(topics, { topics: [topic], group });
      const other = await opened.another();
      for (let i = 0; i < 3; i++) {
        await (i === 1 ? other : topics).send(topic, numbered(i, i + 1));
        await reading.until(i + 1);
      }
      await reading.stop();
      assert.deepEqual(textsOf(reading), texts(0, 3));
    });

    it("rejects with what the handler threw, and gives that batch again", async () => {
      await topics.create(topic, 1);
      await topics.send(topic, numbered(0, 3));
      const mine = new Error("mine");
      const failing = read(topics, { topics: [topic], group, batchCount: 1 }, async ({ messages }) => {
        if (textOf(messages[0].value) === "1") throw mine;
      });
      await assert.rejects(failing.done, (error) => error === mine);
      assert.deepEqual(textsOf(failing), ["0"]);
      const next = read(topics, { topics: [topic], group });
      await next.until(2);
      await next.stop();
      assert.deepEqual(textsOf(next), ["1", "2"]);
    });

    it("waits for a slow handler before it gives more of that partition, and goes on with the others", async () => {
      await topics.create(topic, 2);
      const [one, two] = [0, 1].map((wanted) => {
        return Array.from({ length: 99 }, (_, i) => `k${i}`).find((key) =>
          partitionOf(bytes(key), 2) === wanted
        )!;
      });
      await topics.send(topic, [...numbered(0, 4, one), ...numbered(4, 8, two)]);
      const release = Promise.withResolvers<void>();
      let running = 0, most = 0;
      const reading = read(topics, { topics: [topic], group, batchCount: 1 }, async ({ partition }) => {
        if (partition !== 0) return;
        most = Math.max(most, ++running);
        await release.promise;
        running--;
      });
      await reading.until(4);
      assert.deepEqual(textsOf(reading), texts(4, 8));
      assert.equal(running, 1);
      release.resolve();
      await reading.until(8);
      await reading.stop();
      assert.equal(most, 1);
      assert.deepEqual(textsOf(reading).slice(4), texts(0, 4));
    });

    it("gives batches of at most so many, which know how far behind they are", async () => {
      await topics.create(topic, 1);
      await topics.send(topic, numbered(0, 10));
      const reading = read(topics, { topics: [topic], group, batchCount: 4 });
      await reading.until(10);
      await reading.stop();
      for (const { messages, endOffset, topic: from, partition } of reading.batches) {
        assert.ok(messages.length >= 1 && messages.length <= 4);
        assert.deepEqual([from, partition], [topic, 0]);
        assert.ok(endOffset > messages.at(-1)!.offset);
      }
      assert.ok(reading.batches[0].endOffset >= 10);
    });

    it("finishes the running batch when it is stopped, and says that it is stale", async () => {
      await topics.create(topic, 1);
      await topics.send(topic, numbered(0, 2));
      const begun = Promise.withResolvers<MessageBatch>(), release = Promise.withResolvers<void>();
      const reading = read(topics, { topics: [topic], group, batchCount: 1 }, async (batch) => {
        begun.resolve(batch);
        await release.promise;
      });
      const batch = await begun.promise;
      assert.equal(batch.isStale(), false);
      const stopped = reading.stop();
      await eventually("the batch is stale", () => batch.isStale());
      release.resolve();
      await stopped;
      assert.deepEqual(textsOf(reading), ["0"]);
      assert.equal((await topics.places(topic, group))![0].groupOffset, 1);
    });

    it("ends at once when it is told to before it began", async () => {
      await topics.create(topic, 1);
      await topics.send(topic, numbered(0, 1));
      await topics.consume({ topics: [topic], group, from: "beginning" }, () => {
        assert.fail("a batch was given");
      }, AbortSignal.abort());
    });

    it("begins where the caller's own result ends", async () => {
      await topics.create(topic, 2);
      await topics.send(topic, numbered(0, 20));
      const first = read(topics, { topics: [topic], group });
      await first.until(20);
      await first.stop();
      const asked: string[] = [];
      const again = read(topics, {
        topics: [topic],
        group,
        startAt: async (topic, partition) => {
          asked.push(`${topic}/${partition}`);
          return partition === 0 ? first.taken.filter((one) => one.partition === 0)[7].offset : undefined;
        },
      });
      await topics.send(topic, numbered(20, 22));
      await again.until(5);
      await again.stop();
      const ofZero = [...first.taken, ...again.taken].filter(({ partition }) => partition === 0);
      // Ten keyless messages each: three again of partition 0, and what is new of both.
      assert.deepEqual(
        ofZero.slice(10).map(({ offset }) => offset).slice(0, 3),
        ofZero.slice(7, 10).map(({ offset }) => offset),
      );
      assert.deepEqual(asked.sort(), [`${topic}/0`, `${topic}/1`]);
    });

    it("shares the partitions of a group, and moves them when one leaves", async () => {
      await topics.create(topic, 4);
      const other = await opened.another();
      const shares = [0, 0];
      const readings = [topics, other].map((client, i) =>
        read(client, {
          topics: [topic],
          group,
          onAssigned: (partitions) => void (shares[i] = partitions.length),
        })
      );
      await eventually("each has two", () => shares[0] === 2 && shares[1] === 2);
      await topics.send(topic, numbered(0, 100));
      await eventually("all were read", () => readings[0].taken.length + readings[1].taken.length >= 100);
      assert.equal(new Set(readings.flatMap(textsOf)).size, 100);
      assert.ok(
        readings.every(({ taken }) => taken.length >= 30),
        `${readings.map(({ taken }) => taken.length)}`,
      );
      await readings[0].stop();
      await eventually("the other has four", () => shares[1] === 4);
      await topics.send(topic, numbered(100, 140));
      await eventually("the other reads all", () => {
        return new Set(textsOf(readings[1]).filter((text) => Number(text) >= 100)).size === 40;
      });
      await readings[1].stop();
      const later = readings[1].taken.filter(({ text }) => Number(text) >= 100);
      assert.equal(new Set(later.map(({ partition }) => partition)).size, 4);
    });

    it("loses nothing when a handler gives up what is stale while consumers come and go", async () => {
      await topics.create(topic, 2);
      await topics.send(topic, numbered(0, 60));
      const other = await opened.another(), done = new Set<string | undefined>();
      const handle = async ({ messages, isStale }: MessageBatch) => {
        await new Promise((resolve) => setTimeout(resolve, 3));
        if (!isStale()) { for (const { value } of messages) done.add(textOf(value)); }
      };
      const first = read(topics, { topics: [topic], group, batchCount: 1 }, handle);
      await first.until(4);
      let has = 0;
      const second = read(other, {
        topics: [topic],
        group,
        batchCount: 1,
        onAssigned: ({ length }) => void (has = length),
      }, handle);
      await eventually("the second has one, or all is read", () => has === 1 || done.size === 60);
      await topics.send(topic, numbered(60, 80));
      await eventually("all was handled", () => done.size === 80);
      await Promise.all([first.stop(), second.stop()]);
    });

    it("says where the partitions end and where a group is", async () => {
      assert.equal(await topics.places(freshName("nothing"), group), undefined);
      await topics.create(topic, 2);
      await topics.create(topic, 5);
      assert.deepEqual(await topics.places(topic, group), [
        { partition: 0, endOffset: 0 },
        { partition: 1, endOffset: 0 },
      ]);
      await topics.send(topic, numbered(0, 3, "k"));
      const place = partitionOf(bytes("k"), 2);
      const reading = read(topics, { topics: [topic], group });
      await reading.until(3);
      await reading.stop();
      const places = (await topics.places(topic, group))!;
      assert.equal(places[place].endOffset, 3);
      assert.equal(places[place].groupOffset, 3);
      assert.equal(places[1 - place].endOffset, 0);
      assert.ok((await topics.places(topic))!.every(({ groupOffset }) => groupOffset === undefined));
    });

    it("reads several topics at once", async () => {
      const second = freshName("second");
      await topics.create(topic, 1);
      await topics.create(second, 1);
      await topics.send(topic, numbered(0, 2));
      await topics.send(second, numbered(2, 4));
      const reading = read(topics, { topics: [topic, second], group });
      await reading.until(4);
      await reading.stop();
      assert.deepEqual(textsOf(reading).sort(), texts(0, 4));
      assert.deepEqual(new Set(reading.batches.map((batch) => batch.topic)), new Set([topic, second]));
    });

    it("sends nothing when there is nothing to send", async () => {
      await topics.create(topic, 1);
      await topics.send(topic, []);
      assert.equal((await topics.places(topic))![0].endOffset, 0);
    });
  });
}
