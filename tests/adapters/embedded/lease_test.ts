import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { EmbeddedCheckpointStore } from "../../../src/adapters/embedded/checkpoint_store.ts";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { EmbeddedGenerationStore } from "../../../src/adapters/embedded/generation_store.ts";
import { EmbeddedLeases } from "../../../src/adapters/embedded/lease.ts";
import { EmbeddedUpdateFeed } from "../../../src/adapters/embedded/update_feed.ts";
import { describeLeases } from "../../contracts/lease.ts";
import { VirtualClock } from "../../simulation/virtual_clock.ts";
import { newDatabase, temporaryPath } from "./temporary_file.ts";

describeLeases("embedded", (clock) => {
  const database = newDatabase();
  const port = {
    leases: new EmbeddedLeases(database, clock),
    checkpoints: new EmbeddedCheckpointStore(database, clock),
    updates: new EmbeddedUpdateFeed(database, clock),
    generations: new EmbeddedGenerationStore(database),
  };
  return { port, close: () => database.close() };
});

describe("EmbeddedLeases", () => {
  it("gives a lease to one of several connections, again and again, with ascending tokens", async () => {
    const path = temporaryPath(), clock = new VirtualClock();
    const databases = [1, 2, 3].map(() => Database.open(path));
    const all = databases.map((database) => new EmbeddedLeases(database, clock));
    let lastToken = 0;
    for (let round = 0; round < 20; round++) {
      const taken = await Promise.all(all.map((leases, i) => leases.acquire("learner", `p${i}`, 100)));
      const held = taken.filter((lease) => lease !== undefined);
      assert.equal(held.length, 1);
      assert.ok(held[0].token > lastToken);
      lastToken = held[0].token;
      for (const leases of all) assert.deepEqual(await leases.current("learner"), held[0]);
      await clock.advance(100);
    }
    for (const database of databases) database.close();
  });

  it("survives the process: a new connection finds the lease", async () => {
    const path = temporaryPath(), clock = new VirtualClock();
    const first = Database.open(path);
    const lease = await new EmbeddedLeases(first, clock).acquire("learner", "ü 1", 5000);
    first.close();
    const second = Database.open(path), leases = new EmbeddedLeases(second, clock);
    assert.deepEqual(await leases.current("learner"), lease);
    assert.equal(await leases.acquire("learner", "b", 5000), undefined);
    second.close();
  });
});
