import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { encodeState, type StateTree } from "../../src/domain/state_tree.ts";
import { createMetric } from "../../src/evaluate/running_metrics.ts";
import { FeedRun, type FeedRunOptions } from "../../src/online/run_feed.ts";
import { OnlineRun } from "../../src/online/run_online.ts";
import type { FeedBatch, FollowOptions, ObservationFeed } from "../../src/online/streams/observation_feed.ts";
import type { Answer } from "../../src/online/streams/topic_outbox.ts";
import { HastyClock } from "./faulty_topics.ts";
import { makeModel } from "./make_model.ts";
import { sparseStream } from "./random_stream.ts";

const OBSERVATIONS = sparseStream(60, 3);
const FOREVER = new AbortController().signal;

function batchOf(from: number, until: number, partition = 0): FeedBatch {
  const records = OBSERVATIONS.slice(from, until).map((observation, i) => ({
    offset: from + i,
    read: { observation },
    message: {},
  }));
  return { partition, records };
}

/** Gives these batches, whatever the position; a number in their place fails with that many batches given. */
function feedOf(
  batches: readonly FeedBatch[],
): ObservationFeed & { readonly positions: (number | undefined)[] } {
  const positions: (number | undefined)[] = [];
  return {
    name: "obs",
    positions,
    async follow({ positionOf }: FollowOptions, handle, signal) {
      positions.push(positionOf(0));
      for (const batch of batches) {
        if (signal.aborted) return;
        await handle(batch);
      }
    },
  };
}

function runOver(batches: readonly FeedBatch[], options: Partial<FeedRunOptions> = {}) {
  const feed = feedOf(batches);
  const following = new FeedRun({
    feed,
    makeRun: (hooks) => {
      return new OnlineRun({
        model: makeModel("scale | linear"),
        metrics: [createMetric("mae")],
        detectors: [],
        ...hooks,
      });
    },
    keepEvery: { count: 10, ms: 1e9 },
    limit: Infinity,
    untilEnd: true,
    clock: new HastyClock(),
    onRefused: () => assert.fail("nothing is to be refused"),
    ...options,
  });
  return { feed, following };
}

/** What an uninterrupted run over all of it comes to. */
async function wholeState(): Promise<Uint8Array> {
  const { following } = runOver([batchOf(0, 60)]);
  await following.follow(FOREVER);
  return encodeState(following.save());
}

describe("FeedRun", () => {
  it("comes to the same state whatever the batches, and whatever is given twice", async () => {
    const whole = await wholeState();
    const cut = runOver([batchOf(0, 1), batchOf(0, 20), batchOf(5, 40), batchOf(40, 60), batchOf(0, 60)]);
    await cut.following.follow(FOREVER);
    assert.equal(cut.following.run.count, 60);
    assert.deepEqual(encodeState(cut.following.save()), whole);
  });

  it("goes on from a kept state where it was", async () => {
    const states: StateTree[] = [], whole = await wholeState();
    const first = runOver([batchOf(0, 9), batchOf(9, 23), batchOf(23, 31)], {
      keep: async (state) => void states.push(state),
    });
    await first.following.follow(FOREVER);
    // After 23, and at the end.
    assert.equal(states.length, 2);
    for (const [i, place] of [23, 31].entries()) {
      const second = runOver([batchOf(0, 60)]);
      second.following.load(states[i]);
      await second.following.follow(FOREVER);
      assert.deepEqual(second.feed.positions, [place]);
      assert.deepEqual(encodeState(second.following.save()), whole);
    }
  });

  it("keeps nothing that was not sent before", async () => {
    const log: string[] = [], sent: Answer[] = [];
    const { following } = runOver([batchOf(0, 12), batchOf(12, 30)], {
      send: async (answers) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        sent.push(...answers);
        log.push(`sent ${sent.length}`);
      },
      keep: async () => void log.push("kept"),
    });
    await following.follow(FOREVER);
    assert.deepEqual(log, ["sent 12", "kept", "sent 30", "kept", "kept"]);
    assert.deepEqual(sent.map(({ place }) => place.offset), Array.from({ length: 30 }, (_, i) => i));
    const failing = runOver([batchOf(0, 12)], {
      send: () => Promise.reject(new Error("away")),
      keep: () => assert.fail("kept what was not sent"),
    });
    await assert.rejects(failing.following.follow(FOREVER), /away/);
  });

  it("keeps by time too, when something came", async () => {
    const clock = new HastyClock();
    let kept = 0;
    const { following } = runOver([batchOf(0, 1), batchOf(1, 2), batchOf(2, 3)], {
      clock,
      keepEvery: { count: 1000, ms: 50 },
      keep: async () => void kept++,
      onBatch: () => void clock.slept.push(30),
    });
    await following.follow(FOREVER);
    assert.equal(kept, 2, "after the second batch, and at the end");
  });

  it("stops at its limit, in the middle of a batch, and goes on from there", async () => {
    const { following, feed } = runOver([batchOf(0, 60), batchOf(0, 60)], { limit: 7 });
    await following.follow(FOREVER);
    assert.equal(following.run.count, 7);
    const next = runOver([batchOf(0, 60)]);
    next.following.load(following.save());
    await next.following.follow(FOREVER);
    assert.deepEqual(next.feed.positions, [7]);
    assert.deepEqual(encodeState(next.following.save()), await wholeState());
    await following.follow(FOREVER);
    assert.equal(feed.positions.length, 1, "at its limit it does not begin");
  });

  it("tells apart the places of several partitions", async () => {
    const { following } = runOver([batchOf(0, 5, 1), batchOf(0, 5, 0), batchOf(3, 8, 1)]);
    await following.follow(FOREVER);
    assert.equal(following.run.count, 13);
    const { positions } = following.save() as unknown as { positions: Float64Array };
    assert.deepEqual([...positions], [0, 5, 1, 8]);
  });

  it("puts a delayed observation that is refused late beside the topic too", async () => {
    const refused: [string, string][] = [];
    const records = [{ a: 1, y: "text" }, { a: 2, y: 1 }, { a: 3, y: 2 }].map(({ a, y }, offset) => ({
      offset,
      read: { observation: { features: { a }, target: y } },
      message: { value: new Uint8Array(1) },
    }));
    const { following } = runOver([{ partition: 0, records }], {
      makeRun: (hooks) =>
        new OnlineRun({
          model: makeModel("linear"),
          metrics: [],
          detectors: [],
          delay: { kind: "events", amount: 1 },
          ...hooks,
        }),
      onRefused: () => {},
      send: async (_, dead) => {
        for (const { message, place } of dead) {
          refused.push([new TextDecoder().decode(message.value), `${place.offset}`]);
        }
      },
    });
    await following.follow(FOREVER);
    assert.deepEqual(refused, [['{"features":{"a":1},"target":"text"}', "1"]]);
  });
});
