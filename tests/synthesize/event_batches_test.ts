import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { eventBatches, interactionsOf } from "../../src/synthesize/event_batches.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";

const world = plantWorld({ userCount: 50, itemCount: 40, eventCount: 500 });

describe("eventBatches", () => {
  it("gives the world's events in order, whatever the size of the batches", () => {
    for (const rowCount of [1, 7, 250, 1000]) {
      let at = 0;
      for (const batch of eventBatches(world, rowCount)) {
        assert.ok(batch.count <= rowCount);
        for (let row = 0; row < batch.count; row++, at++) {
          assert.equal(batch.userIds[batch.users[row]], `u${world.events.users[at]}`);
          assert.equal(batch.itemIds[batch.items[row]], `i${world.events.items[at]}`);
          assert.equal(batch.values[row], world.events.values[at]);
          assert.equal(batch.timesMs[row], world.events.timesMs[at]);
        }
      }
      assert.equal(at, 500);
    }
  });

  it("lists a batch's ids once each, in order of first appearance", () => {
    for (const batch of eventBatches(world, 64)) {
      for (const [codes, ids] of [[batch.users, batch.userIds], [batch.items, batch.itemIds]] as const) {
        assert.deepEqual([...new Set(codes)], Array.from(ids.keys()));
        assert.equal(new Set(ids).size, ids.length);
      }
    }
  });

  it("gives every event a key that depends on the world and not on the batches", () => {
    const keysOf = (of: typeof world, rowCount: number) => {
      const keys: string[] = [];
      for (const batch of eventBatches(of, rowCount)) {
        assert.equal(batch.keys.length, 4 * batch.count);
        for (let row = 0; row < batch.count; row++) {
          keys.push(batch.keys.subarray(4 * row, 4 * row + 4).join());
        }
      }
      return keys;
    };
    const keys = keysOf(world, 100);
    assert.deepEqual(keysOf(world, 333), keys);
    const other = keysOf(
      plantWorld({ userCount: 50, itemCount: 40, eventCount: 500, ratingNoise: 0.6 }),
      500,
    );
    assert.equal(new Set([...keys, ...other]).size, 1000);
  });
});

describe("interactionsOf", () => {
  it("gives the same events one by one", () => {
    const interactions = [...interactionsOf(world)];
    assert.equal(interactions.length, 500);
    assert.deepEqual(interactions[3], {
      userId: `u${world.events.users[3]}`,
      itemId: `i${world.events.items[3]}`,
      value: world.events.values[3],
      timeMs: world.events.timesMs[3],
    });
  });
});
