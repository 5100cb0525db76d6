import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { AfterEvents } from "../../src/bridge/after_events.ts";
import { settled, VirtualClock } from "../simulation/virtual_clock.ts";

function setUp(given: { end: number; groupOffset?: number; logEnd?: number; knownBelow?: number }) {
  const world = { logEnd: 0, knownBelow: Infinity, asked: 0, ...given };
  const clock = new VirtualClock();
  const afterEvents = new AfterEvents({
    topics: {
      places: (topic, group) => {
        assert.equal(topic, "ev");
        if (group !== undefined) world.asked++;
        const { end: endOffset, groupOffset } = world;
        return Promise.resolve([{ partition: 0, endOffset: 99 }, {
          partition: 1,
          endOffset,
          ...(group === undefined ? {} : { groupOffset }),
        }]);
      },
    },
    ...{ eventsTopic: "ev", eventsGroup: "g.events", clock },
    log: { end: () => Promise.resolve(world.logEnd) },
    answerer: {
      waitFor: async (offset, waitMs) => {
        if (offset >= world.knownBelow) await clock.sleep(waitMs);
        return offset < world.knownBelow;
      },
    },
  });
  return { world, clock, afterEvents };
}

describe("after events", () => {
  it("need not wait where there were none", async () => {
    const { afterEvents } = setUp({ end: 0 });
    assert.equal(await afterEvents.areKnown(1, 1000), true);
    assert.equal(
      await afterEvents.areKnown(7, 1000),
      false,
      "a partition that the events' topic does not have",
    );
  });

  it("wait until this process has put them into the log, and the answers know the log", async () => {
    const { world, clock, afterEvents } = setUp({ end: 5, groupOffset: 3, logEnd: 40, knownBelow: 40 });
    let known: boolean | undefined;
    void afterEvents.areKnown(1, 1000).then((answer) => known = answer);
    await clock.advance(200);
    assert.equal(known, undefined);
    afterEvents.appended(0, 99);
    afterEvents.appended(1, 4);
    await settled();
    assert.equal(known, undefined);
    // What comes later is not waited for.
    world.end = 90;
    afterEvents.appended(1, 5);
    await settled();
    assert.equal(known, true);
  });

  it("see what another bridge has finished", async () => {
    const { world, clock, afterEvents } = setUp({ end: 5, logEnd: 1 });
    const answer = afterEvents.areKnown(1, 1000);
    await clock.advance(120);
    world.groupOffset = 5;
    await clock.advance(60);
    assert.equal(await answer, true);
    assert.ok(world.asked >= 3);
  });

  it("say so when it takes too long", async () => {
    const stuck = setUp({ end: 5, groupOffset: 4 });
    const answer = stuck.afterEvents.areKnown(1, 300);
    await stuck.clock.advance(400);
    assert.equal(await answer, false);
    const unlearned = setUp({ end: 5, groupOffset: 5, logEnd: 8, knownBelow: 7 });
    const other = unlearned.afterEvents.areKnown(1, 300);
    await unlearned.clock.advance(400);
    assert.equal(await other, false);
  });
});
