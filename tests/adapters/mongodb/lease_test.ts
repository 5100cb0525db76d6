/** What several connections show; the contract is in contracts_test.ts. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { LeaseLost } from "../../../src/domain/failure.ts";
import { VirtualClock } from "../../simulation/virtual_clock.ts";
import { type FreshStore, openFresh, skip } from "./fresh_store.ts";

describe("MongoLeases", { skip }, () => {
  let fresh: FreshStore, clock: VirtualClock;
  beforeEach(async () => {
    if (skip !== false) return;
    clock = new VirtualClock();
    fresh = await openFresh(clock);
  });
  afterEach(() => fresh?.close());

  it("gives a lease to one of several connections, again and again, with ascending tokens", async () => {
    const all = [fresh.store, await fresh.another(), await fresh.another()].map(({ leases }) => leases);
    let lastToken = 0;
    for (let round = 0; round < 10; round++) {
      const taken = await Promise.all(all.map((leases, i) => leases.acquire("learner", `p${i}`, 100)));
      const held = taken.filter((lease) => lease !== undefined);
      assert.equal(held.length, 1);
      assert.ok(held[0].token > lastToken);
      lastToken = held[0].token;
      for (const leases of all) assert.deepEqual(await leases.current("learner"), held[0]);
      await clock.advance(100);
    }
  });

  it("refuses what a stale holder's process writes when it goes on after another has taken over", async () => {
    const [mine, theirs] = [fresh.store, await fresh.another()];
    const first = (await mine.leases.acquire("learner", "a", 100))!;
    await mine.checkpoints.write({ generation: "g000001", offset: 1, state: Uint8Array.of(1) }, 1, first);
    await clock.advance(100);
    const second = (await theirs.leases.acquire("learner", "b", 100))!;
    // Neither has seen what the other did; the document that both change decides.
    const write = mine.checkpoints.write(
      { generation: "g000001", offset: 2, state: Uint8Array.of(2) },
      1,
      first,
    );
    const publish = mine.updates.publish(
      { kind: "generationActivated", generation: "g000001", appliedOffset: 1 },
      first,
    );
    await assert.rejects(write, LeaseLost);
    await assert.rejects(publish, LeaseLost);
    assert.equal((await theirs.checkpoints.latest("g000001"))!.offset, 1);
    assert.equal(await theirs.updates.latest(), 0);
    const left = fresh.client().db();
    assert.equal(await left.collection("updates").countDocuments(), 0);
    assert.equal(await left.collection("checkpoint_chunks").countDocuments(), 1);
    await theirs.checkpoints.write({ generation: "g000001", offset: 2, state: Uint8Array.of(2) }, 1, second);
  });

  it("takes names that are no names of fields", async () => {
    for (const name of ["a.b", "$set", "learner of é", "", "x\0y"]) {
      const lease = (await fresh.store.leases.acquire(name, "a", 100))!;
      assert.equal(lease.name, name);
      assert.deepEqual(await fresh.store.leases.current(name), lease);
      assert.equal(await fresh.store.leases.acquire(name, "b", 100), undefined);
      await fresh.store.leases.release(lease);
    }
  });
});
