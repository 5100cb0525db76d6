import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";
import type { FeedBatch } from "../../../src/online/streams/observation_feed.ts";
import { TopicFeed } from "../../../src/online/streams/topic_feed.ts";
import { FaultyTopics, HastyClock } from "../faulty_topics.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ value: bytes(`{"a":1,"y":${i}}`) }));

async function opened(messageCount: number, partitionCount = 1) {
  const clock = new HastyClock(), topics = new FaultyTopics(clock), retries: string[] = [];
  await topics.create("obs", partitionCount);
  await topics.send("obs", numbered(messageCount));
  const feed = new TopicFeed({
    topics,
    topic: "obs",
    group: "g",
    from: "beginning",
    format: { target: "y" },
    clock,
    onRetry: ({ message }) => void retries.push(message),
  });
  return { clock, topics, feed, retries };
}

const FOREVER = new AbortController().signal;

/** Follows to the end with positions that are moved on batch by batch; gives the targets. */
async function collect(feed: TopicFeed, handle: (batch: FeedBatch) => Promise<void> = async () => {}) {
  const positions = new Map<number, number>(), targets: unknown[] = [];
  await feed.follow(
    { positionOf: (partition) => positions.get(partition), untilEnd: true },
    async (batch) => {
      await handle(batch);
      for (const { offset, read } of batch.records) {
        positions.set(batch.partition, offset + 1);
        targets.push(read.refusal ?? read.observation.target);
      }
    },
    FOREVER,
  );
  return targets;
}

describe("TopicFeed", () => {
  it("gives observations with the message's time where they have none, and what came with them", async () => {
    const { topics, feed } = await opened(1);
    await topics.send("obs", [{
      key: bytes("k"),
      value: bytes('{"features":{"b":2,"a":1},"target":"x","time":5}'),
    }]);
    const records: FeedBatch["records"][number][] = [];
    await collect(feed, async (batch) => void records.push(...batch.records));
    const [flat, nested] = records.map(({ read }) => read.observation!);
    assert.deepEqual(flat, { features: { a: 1 }, target: 0, timeMs: 1000 });
    assert.deepEqual({ ...nested, features: Object.entries(nested.features) }, {
      features: [["b", 2], ["a", 1]],
      target: "x",
      timeMs: 5,
    });
    assert.deepEqual(records.map(({ offset }) => offset), [0, 1]);
    assert.deepEqual(records[1].message?.key, bytes("k"));
  });

  it("ends where the topic ended, of any number of partitions, and at once where nothing is left", async () => {
    const { feed } = await opened(1000, 4);
    assert.equal(new Set(await collect(feed)).size, 1000);
    const { feed: empty } = await opened(0);
    assert.deepEqual(await collect(empty), []);
    const { feed: done } = await opened(3);
    await done.follow({ positionOf: () => 3, untilEnd: true }, () => assert.fail("nothing is new"), FOREVER);
  });

  it("gives one batch at a time, whatever the number of partitions", async () => {
    const { feed } = await opened(40, 4);
    let running = 0;
    await collect(feed, async () => {
      assert.equal(++running, 1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
    });
  });

  it("begins again where it was after the broker was away, waiting longer each time", async () => {
    const { topics, feed, clock, retries } = await opened(1200);
    topics.batchesBeforeFailure.push(1, 0, 0, 0);
    const targets = await collect(feed);
    assert.deepEqual(targets, Array.from({ length: 1200 }, (_, i) => i));
    assert.equal(retries.length, 4);
    const waits = clock.slept.filter((ms) => ms >= 250);
    assert.deepEqual(waits, [500, 1000, 2000, 4000]);
  });

  it("gives up when that does not help, and at once for what the handler throws", async () => {
    const { topics, feed, retries } = await opened(10);
    topics.batchesBeforeFailure.push(...new Array(20).fill(0));
    await assert.rejects(collect(feed), OutsideFailure);
    assert.equal(retries.length, 5);
    const { feed: other, retries: none } = await opened(10);
    const mine = new Error("mine");
    await assert.rejects(collect(other, () => Promise.reject(mine)), (error) => error === mine);
    assert.deepEqual(none, []);
  });

  it("does not go on in a topic that was made anew", async () => {
    const { feed } = await opened(3);
    await assert.rejects(
      feed.follow({ positionOf: () => 4, untilEnd: false }, async () => {}, FOREVER),
      (error: Error) =>
        error instanceof BadInput && /at 4: it ends at 3, so it was made anew/.test(error.message),
    );
  });
});
