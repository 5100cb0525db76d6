import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { EmbeddedUpdateFeed } from "../../../src/adapters/embedded/update_feed.ts";
import { describeUpdateFeed } from "../../contracts/update_feed.ts";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { newDatabase, temporaryPath } from "./temporary_file.ts";

describeUpdateFeed("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedUpdateFeed(database, systemClock), close: () => database.close() };
});

describe("EmbeddedUpdateFeed", () => {
  it("gives what another connection publishes", async () => {
    const path = temporaryPath(), mine = Database.open(path), theirs = Database.open(path);
    const stop = new AbortController(), applied: number[] = [];
    const following = (async () => {
      const feed = new EmbeddedUpdateFeed(mine, systemClock, { pollMs: 5 });
      for await (const { update } of feed.follow(0, stop.signal)) {
        if (applied.push(update.appliedOffset) === 3) stop.abort();
      }
    })();
    const publisher = new EmbeddedUpdateFeed(theirs, systemClock);
    for (const appliedOffset of [1, 2, 3]) {
      await systemClock.sleep(8);
      await publisher.publish({ kind: "generationActivated", generation: "g000001", appliedOffset });
    }
    await following;
    assert.deepEqual(applied, [1, 2, 3]);
    mine.close(), theirs.close();
  });

  it("is woken by its own publications, however rarely it looks", async () => {
    const database = newDatabase(),
      feed = new EmbeddedUpdateFeed(database, systemClock, { pollMs: 3_600_000 });
    const stop = new AbortController();
    const following = (async () => {
      for await (const { sequence } of feed.follow(0, stop.signal)) if (sequence === 2) stop.abort();
    })();
    for (const appliedOffset of [1, 2]) {
      await systemClock.sleep(5);
      await feed.publish({ kind: "generationActivated", generation: "g000001", appliedOffset });
    }
    await following;
    database.close();
  });
});
