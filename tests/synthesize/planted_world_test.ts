import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { BadInput } from "../../src/domain/failure.ts";
import {
  indexOfId,
  itemIdOf,
  type PlantedWorldOptions,
  plantWorld,
  userIdOf,
} from "../../src/synthesize/planted_world.ts";
import { affinity, trueRating } from "../../src/synthesize/tastes.ts";

const small: Partial<PlantedWorldOptions> = { userCount: 200, itemCount: 150, eventCount: 6000 };

describe("plantWorld", () => {
  it("follows from its options and seed alone", () => {
    assert.deepEqual(plantWorld(small), plantWorld(small));
    assert.notDeepEqual(plantWorld(small).events, plantWorld({ ...small, seed: 2 }).events);
  });

  it("gives the events asked for in order of time, whole seconds, each pair once", () => {
    const { events, options, truth } = plantWorld(small);
    assert.equal(events.count, 6000);
    const pairs = new Set<number>();
    for (let i = 0; i < events.count; i++) {
      pairs.add(events.users[i] * truth.itemCount + events.items[i]);
      assert.ok(events.timesMs[i] >= options.startMs && events.timesMs[i] % 1000 === 0);
      if (i > 0) assert.ok(events.timesMs[i] >= events.timesMs[i - 1]);
    }
    assert.equal(pairs.size, 6000);
    assert.equal(new Set(events.users).size, 200);
  });

  it("rates by taste: the error against the true rating is the planted noise", () => {
    const { events, truth } = plantWorld({ ...small, ratingNoise: 0.5 });
    let squares = 0, count = 0;
    for (let i = 0; i < events.count; i++) {
      const felt = trueRating(truth, events.users[i], events.items[i]);
      assert.ok(events.values[i] >= 1 && events.values[i] <= 5 && Number.isInteger(2 * events.values[i]));
      if (felt < 2.5 || felt > 3.5) continue; // far from the ends nothing is cut off
      squares += (events.values[i] - felt) ** 2;
      count++;
    }
    // Noise .25, and rounding to halves adds (1/2)²/12.
    assert.ok(Math.abs(squares / count / (0.25 + 1 / 48) - 1) < 0.12, `${squares / count}`);
  });

  it("rates by whole stars when asked", () => {
    const { events } = plantWorld({ ...small, ratingStep: 1 });
    assert.deepEqual([...new Set(events.values)].sort(), [1, 2, 3, 4, 5]);
  });

  it("has users act on what they like, and values of 1 if implicit", () => {
    const { events, truth } = plantWorld({ ...small, feedback: "implicit" });
    assert.ok(events.values.every((value) => value === 1));
    let sum = 0;
    for (let i = 0; i < events.count; i++) sum += affinity(truth, events.users[i], events.items[i]);
    assert.ok(sum / events.count > 0.5, `mean affinity ${sum / events.count}; by chance it would be 0`);
  });

  it("brings new users and items during the period", () => {
    const { events, options } = plantWorld({ ...small, newcomerShare: 0.4 });
    const firstSeen = (indexes: Uint32Array, index: number) => {
      const at = indexes.indexOf(index);
      return at < 0 ? NaN : (events.timesMs[at] - options.startMs) / options.durationMs;
    };
    // The last 80 users and 30 items are the newcomers, in order of arrival.
    assert.ok(firstSeen(events.users, 199) > 0.9);
    assert.ok(!(firstSeen(events.items, 149) < 0.9));
    const share = (indexes: Uint32Array, from: number, to: number) =>
      indexes.subarray(0, 1000).filter((index) => index >= from && index < to).length / 1000;
    assert.ok(share(events.users, 160, 200) < 0.02);
    assert.ok(share(events.items, 135, 150) < 0.02);
    const still = plantWorld({ ...small, newcomerShare: 0 });
    assert.ok(new Set(still.events.items.subarray(0, 3000)).has(149));
  });

  it("works at its smallest", () => {
    const { events } = plantWorld({
      userCount: 1,
      itemCount: 1,
      eventCount: 1,
      tasteCount: 1,
      newcomerShare: 1,
    });
    assert.deepEqual([events.count, events.users[0], events.items[0]], [1, 0, 0]);
  });

  it("refuses sizes that cannot be, naming what is accepted", () => {
    const refuses = (given: Partial<PlantedWorldOptions>, message: RegExp) =>
      assert.throws(() => plantWorld({ ...small, ...given }), (error: unknown) => {
        assert.ok(error instanceof BadInput);
        assert.match(error.message, message);
        return true;
      });
    refuses({ userCount: 0 }, /userCount 0: an integer of at least 1/);
    refuses({ itemCount: 2.5 }, /itemCount 2\.5/);
    // 200 users x 60 items (40 % of 150)
    refuses({ eventCount: 12_001 }, /eventCount 12001: an integer from 1 to 12000/);
    refuses({ tasteCount: 65 }, /tasteCount 65/);
    refuses({ newcomerShare: -0.1 }, /newcomerShare -0\.1/);
    refuses({ ratingStep: 0.3 }, /ratingStep 0\.3: 1 or 0\.5/);
    refuses({ durationMs: NaN }, /durationMs NaN/);
  });
});

describe("ids", () => {
  it("go both ways", () => {
    assert.equal(indexOfId(userIdOf(12)), 12);
    assert.equal(indexOfId(itemIdOf(0)), 0);
    for (const other of ["u", "x1", "u1x", "", "u-1"]) assert.ok(Number.isNaN(indexOfId(other)));
  });
});
