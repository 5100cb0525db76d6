import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import type { RowBatch, RowsAdvanced, RowsChanged } from "../../src/domain/model_update.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { LogFollower } from "../../src/serve/log_follower.ts";
import { RowBatches, RowFollower } from "../../src/serve/row_follower.ts";
import { plantedGeneration } from "./planted_generation.ts";
import { ITEM_IDS, kernelModule, USER_IDS } from "./planted_server.ts";

const content = await plantedGeneration({ userIds: USER_IDS, itemIds: ITEM_IDS, seenCount: 0, offset: 10 });
const { stride } = content.model;

function changed(side: "user" | "item", index: number, value: number, appliedOffset: number): RowsChanged {
  const rows = new Float32Array(stride).fill(value), indexes = Uint32Array.of(index);
  return { kind: "rowsChanged", generation: "g000001", appliedOffset, side, indexes, rows };
}

function advanced(fromOffset: number, appliedOffset: number, parts: number): RowsAdvanced {
  return { kind: "rowsAdvanced", generation: "g000001", fromOffset, appliedOffset, parts, atMs: 0 };
}

describe("RowBatches", () => {
  it("makes a batch of rows and what they amount to", () => {
    const batches = new RowBatches(), user = changed("user", 0, 1, 12), item = changed("item", 0, 1, 12);
    assert.equal(batches.add(user), undefined);
    assert.equal(batches.add(item), undefined);
    assert.deepEqual(batches.add(advanced(10, 12, 2)), [user, item, advanced(10, 12, 2)]);
    assert.deepEqual(batches.add(advanced(12, 13, 0)), [advanced(12, 13, 0)]);
  });

  it("takes a part that comes twice once, and old ones in between for nothing", () => {
    const batches = new RowBatches(), old = changed("user", 1, 1, 9);
    const user = changed("user", 0, 1, 12),
      more = changed("user", 5, 1, 12),
      item = changed("item", 0, 1, 12);
    for (const update of [user, more, user, old, item, old]) assert.equal(batches.add(update), undefined);
    assert.equal(batches.add(advanced(8, 9, 2)), undefined, "an end that comes again");
    assert.deepEqual(batches.add(advanced(10, 12, 3)), [user, more, item, advanced(10, 12, 3)]);
    assert.equal(batches.add(advanced(10, 12, 3)), undefined, "it was taken already");
  });

  it("drops what cannot be whole", () => {
    const batches = new RowBatches(), item = changed("item", 0, 1, 12);
    batches.add(item);
    assert.equal(batches.add(advanced(10, 12, 2)), undefined, "its beginning was missed");
    batches.add(changed("user", 0, 1, 11));
    batches.add(item);
    assert.equal(batches.add(advanced(10, 12, 2)), undefined, "a part is of another batch");
    batches.add(changed("user", 0, 1, 11));
    batches.add(item);
    assert.deepEqual(batches.add(advanced(11, 12, 1)), [item, advanced(11, 12, 1)]);
  });
});

async function following() {
  const log = new MemoryEventLog(), recommender = new Recommender(kernelModule, content);
  const events = [...USER_IDS, "new user"].flatMap((userId) =>
    [...ITEM_IDS, "new item"].map((itemId) => (
      { eventId: `${userId} ${itemId}`, userId, itemId, value: 1, timeMs: 0 }
    ))
  );
  await log.append(events);
  const follower = new RowFollower(new LogFollower(log));
  const apply = (...batch: RowBatch) =>
    follower.apply(batch, (generation) => generation === "g000001" ? recommender : undefined);
  return { recommender, apply };
}

describe("RowFollower", () => {
  it("applies batches that follow one another, and names what is new by the log", async () => {
    const { recommender, apply } = await following(),
      before = recommender.predict("42", ["661"])[0].prediction;
    assert.equal(await apply(changed("user", 0, 0.1, 12), advanced(10, 12, 1)), "applied");
    assert.notEqual(recommender.predict("42", ["661"])[0].prediction, before);
    assert.equal(recommender.learnedOffset, 12);
    assert.equal(recommender.knowsUser("new user"), false);
    const newUser = changed("user", USER_IDS.length, 0.2, 14),
      newItem = changed("item", ITEM_IDS.length, 0.3, 14);
    assert.equal(await apply(newUser, newItem, advanced(12, 14, 2)), "applied");
    assert.ok(recommender.knowsUser("new user") && recommender.knowsItem("new item"));
    assert.equal(recommender.predict("new user", ["new item"])[0].basis, "personal");
  });

  it("passes over what is known, drops another generation's, and refuses what comes after a gap", async () => {
    const { recommender, apply } = await following();
    assert.equal(await apply(changed("user", 0, 0.1, 15), advanced(10, 15, 1)), "applied");
    const known = recommender.predict("42", ["661"]);
    assert.equal(await apply(changed("user", 0, 0.9, 13), advanced(10, 13, 1)), "known");
    assert.equal(await apply(changed("user", 0, 0.9, 18), advanced(16, 18, 1)), "missed");
    const other = { ...advanced(15, 18, 0), generation: "g000002" };
    assert.equal(await apply(other), "foreign");
    assert.deepEqual(recommender.predict("42", ["661"]), known);
    assert.equal(recommender.learnedOffset, 15);
    assert.equal(await apply(changed("user", 0, 0.9, 18), advanced(12, 18, 1)), "applied", "it overlaps");
    assert.equal(recommender.learnedOffset, 18);
  });

  it("takes the first word of a learner, also if nothing has changed", async () => {
    const { recommender, apply } = await following();
    assert.equal(await apply(advanced(10, 10, 0)), "applied");
    assert.equal(recommender.learnedOffset, 10);
    assert.equal(await apply(advanced(10, 10, 0)), "known");
  });

  it("takes all rows of a learner that began anew, also at the offset that is known", async () => {
    const { recommender, apply } = await following(), whole = { ...advanced(0, 15, 1), isWhole: true };
    assert.equal(await apply(changed("user", 0, 0.1, 15), advanced(10, 15, 1)), "applied");
    const known = recommender.predict("42", ["661"]);
    assert.equal(await apply(changed("user", 0, 0.9, 14), { ...whole, appliedOffset: 14 }), "known");
    assert.equal(await apply(changed("user", 0, 0.9, 15), whole), "applied");
    assert.notDeepEqual(recommender.predict("42", ["661"]), known);
  });
});
