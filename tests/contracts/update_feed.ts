/** What src/ports/update_feed.ts says, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { ModelUpdate } from "../../src/domain/model_update.ts";
import type { SequencedUpdate, UpdateFeed } from "../../src/ports/update_feed.ts";
import type { Opened } from "./generation_store.ts";

function activated(appliedOffset: number): ModelUpdate {
  return { kind: "generationActivated", generation: "g000001", appliedOffset };
}

function rowsChanged(first: number): ModelUpdate & { kind: "rowsChanged" } {
  return {
    kind: "rowsChanged",
    generation: "g000001",
    appliedOffset: 9,
    side: "item",
    indexes: Uint32Array.of(first, 4_000_000_000),
    rows: Float32Array.of(0.1, -0, 1e-40, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, Infinity),
  };
}

/** The next `count` updates after `sequence`. */
async function take(feed: UpdateFeed, sequence: number, count: number): Promise<SequencedUpdate[]> {
  const stop = new AbortController();
  const taken: SequencedUpdate[] = [];
  for await (const update of feed.follow(sequence, stop.signal)) {
    taken.push(update);
    if (taken.length === count) stop.abort();
  }
  return taken;
}

export function describeUpdateFeed(
  name: string,
  open: () => Opened<UpdateFeed> | Promise<Opened<UpdateFeed>>,
): void {
  describe(`update feed: ${name}`, () => {
    let opened: Opened<UpdateFeed>;
    let feed: UpdateFeed;
    beforeEach(async () => {
      opened = await open();
      feed = opened.port;
    });
    afterEach(() => opened.close());

    it("begins at 0", async () => assert.equal(await feed.latest(), 0));

    it("numbers updates in ascending order", async () => {
      const sequences = [];
      for (let i = 0; i < 3; i++) sequences.push(await feed.publish(activated(i)));
      assert.ok(sequences[0] > 0 && sequences[1] > sequences[0] && sequences[2] > sequences[1]);
      assert.equal(await feed.latest(), sequences[2]);
    });

    it("gives what was published after a sequence number, to the bit", async () => {
      const first = await feed.publish(activated(1));
      const second = await feed.publish(rowsChanged(7)), third = await feed.publish(activated(3));
      assert.deepEqual(await take(feed, first, 2), [
        { sequence: second, update: rowsChanged(7) },
        { sequence: third, update: activated(3) },
      ]);
      assert.equal((await take(feed, 0, 3))[0].sequence, first);
    });

    it("takes a batch, whose parts follow one another", async () => {
      const header = {
        kind: "rowsAdvanced",
        generation: "g000001",
        fromOffset: 7,
        appliedOffset: 9,
      } as const;
      const batch = [rowsChanged(7), rowsChanged(8), { ...header, parts: 2, atMs: 5 }] as const;
      const last = await feed.publish(batch), taken = await take(feed, 0, 3);
      assert.deepEqual(taken.map(({ update }) => update), batch);
      assert.equal(taken[2].sequence, last);
      assert.equal(await feed.latest(), last);
    });

    it("takes what a learner tells of itself", async () => {
      const none = { rankedEvents: 0, ratedEvents: 0 };
      const figures = {
        ...{ generation: "g000001", appliedOffset: 9, numericFailures: 1 },
        window: { ...none, recallAt10: 0.1 },
        ...{
          total: none,
          driftCount: 1,
          drifts: [{ detector: "adwin", figure: "recallAt10" as const, offset: 7 }],
        },
      };
      const told: ModelUpdate = { kind: "measured", generation: "g000001", appliedOffset: 9, figures };
      await feed.publish(told);
      assert.deepEqual((await take(feed, 0, 1))[0].update, told);
      const whole = { kind: "rowsAdvanced", generation: "g000001", fromOffset: 7, appliedOffset: 9 } as const;
      const batch = [rowsChanged(7), { ...whole, parts: 1, atMs: 5, isWhole: true }] as const;
      await feed.publish(batch);
      assert.deepEqual((await take(feed, 1, 2)).map(({ update }) => update), batch);
    });

    it("gives many, in order", async () => {
      for (let i = 0; i < 150; i++) await feed.publish(activated(i));
      const taken = await take(feed, 0, 150);
      assert.deepEqual(
        taken.map(({ update }) => update.appliedOffset),
        Array.from({ length: 150 }, (_, i) => i),
      );
    });

    it("gives what is published while it is followed, to each follower", async () => {
      const followers = [take(feed, 0, 3), take(feed, 0, 3)];
      for (let i = 0; i < 3; i++) await feed.publish(activated(i));
      for (const taken of await Promise.all(followers)) {
        assert.deepEqual(taken.map(({ update }) => update.appliedOffset), [0, 1, 2]);
      }
    });

    it("ends without an error when it is aborted, before, while waiting, and between updates", async () => {
      await feed.publish(activated(1));
      await feed.publish(activated(2));
      const aborted = AbortSignal.abort();
      for await (const _ of feed.follow(0, aborted)) assert.fail("an aborted feed gave an update");
      const stop = new AbortController();
      const waiting = (async () => {
        for await (const _ of feed.follow(await feed.latest(), stop.signal)) {
          assert.fail("nothing was published");
        }
      })();
      await new Promise((resolve) => setTimeout(resolve, 5));
      stop.abort();
      await waiting;
      assert.equal((await take(feed, 0, 1)).length, 1);
    });

    it("keeps its own copy", async () => {
      const mine = rowsChanged(1);
      await feed.publish(mine);
      mine.rows.fill(0), mine.indexes.fill(0);
      assert.deepEqual((await take(feed, 0, 1))[0].update, rowsChanged(1));
    });

    it("forgets what is trimmed, and no number is given twice", async () => {
      const first = await feed.publish(activated(1)), second = await feed.publish(activated(2));
      await feed.trim(first);
      assert.deepEqual((await take(feed, 0, 1))[0], { sequence: second, update: activated(2) });
      await feed.trim(second);
      assert.equal(await feed.latest(), second);
      assert.ok(await feed.publish(activated(3)) > second);
    });
  });
}
