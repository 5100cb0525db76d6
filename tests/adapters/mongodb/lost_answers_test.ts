/** Writes whose answers are lost on the way: they were made, and the writer cannot know. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { type MongoStore, openMongoStore } from "../../../src/adapters/mongodb/open.ts";
import type { NewEvent } from "../../../src/domain/event.ts";
import { plantedContent } from "../../contracts/planted_content.ts";
import { PlainLog } from "../../reference/plain_log.ts";
import { type LosingProxy, startLosingProxy } from "../../services/losing_proxy.ts";
import { dropDatabase, freshUrl, skip as noServer } from "./fresh_store.ts";

const url = noServer === false ? freshUrl() : "";
const LOOPBACK = /^mongodb:\/\/(?:[^@]*@)?(?:127\.0\.0\.1|localhost):(\d+)\//;
const skip = noServer !== false
  ? noServer
  : LOOPBACK.test(url)
  ? false
  : "FOZ_TEST_MONGODB is not one server on loopback";

const event = (eventId: string): NewEvent => ({ eventId, userId: "u", itemId: "i", value: 1, timeMs: 1 });
const update = (appliedOffset: number) =>
  ({ kind: "generationActivated", generation: "g000001", appliedOffset }) as const;

/** With the driver's own repetition, which a standalone server does not have, and without it. */
for (const retryWrites of [true, false]) {
  describe(`answers that are lost, retryWrites=${retryWrites}`, { skip }, () => {
    let proxy: LosingProxy, store: MongoStore, database: string;
    beforeEach(async () => {
      if (skip !== false) return;
      database = freshUrl();
      proxy = startLosingProxy(Number(LOOPBACK.exec(database)![1]));
      const [direct, options] = database.replace(/(127\.0\.0\.1|localhost):\d+/, `127.0.0.1:${proxy.port}`)
        .split("?");
      const more = `directConnection=true&retryWrites=${retryWrites}${options ? `&${options}` : ""}`;
      store = await openMongoStore(`${direct}?${more}`, systemClock);
    });
    afterEach(async () => {
      if (skip !== false) return;
      await store.close();
      await proxy.close();
      await dropDatabase(database);
    });

    it("make no event twice and none a duplicate of itself", async () => {
      const { eventLog } = store, plain = new PlainLog();
      proxy.loseEvery(3);
      for (let step = 0; step < 12; step++) {
        const events = [event(`e${step}`), event(`e${step - 2}`)];
        assert.deepEqual(await eventLog.append(events), plain.append(events), `step ${step}`);
        const control = { kind: "generationActivated", generation: "g000001" } as const;
        if (step % 4 === 0) {
          assert.equal(await eventLog.appendControl(control, step), plain.appendControl(control, step));
        }
        if (step % 5 === 4) {
          assert.equal(
            await eventLog.deleteEvent("u", `e${step}`, step),
            plain.deleteEvent("u", `e${step}`, step),
          );
        }
      }
      assert.deepEqual(await eventLog.eraseUser("u", 99), plain.eraseUser("u", 99));
      assert.ok(proxy.lostCount >= 5, `${proxy.lostCount} answers were lost`);
      assert.equal(await eventLog.end(), plain.records.length);
      assert.deepEqual(await eventLog.readControls(), plain.controls());
      for await (const batch of eventLog.read()) assert.fail(`${batch.count} events are left`);
    });

    it("give a lease once, and keep it its holder's", async () => {
      proxy.loseNext("findAndModify");
      const lease = (await store.leases.acquire("learner", "a", 60_000))!;
      assert.equal(proxy.lostCount, 1);
      assert.equal(await store.leases.acquire("learner", "b", 60_000), undefined);
      proxy.loseNext("findAndModify");
      assert.equal((await store.leases.renew(lease, 60_000)).token, lease.token);
      proxy.loseNext("findAndModify");
      await store.leases.release(lease);
      assert.equal(await store.leases.current("learner"), undefined);
      assert.equal(proxy.lostCount, 3);
    });

    it("publish an update once, in order", async () => {
      const { updates } = store;
      for (const [k, command] of ["insert", "findAndModify", "none", "findAndModify"].entries()) {
        proxy.loseNext(command);
        assert.equal(await updates.publish(update(k)), k + 1);
      }
      const stop = new AbortController(), seen: number[] = [];
      for await (const one of updates.follow(0, stop.signal)) {
        if (seen.push(one.update.appliedOffset) === 4) stop.abort();
      }
      assert.deepEqual(seen, [0, 1, 2, 3]);
      assert.equal(proxy.lostCount, 3);
    });

    it("publish a generation, activate it and write a checkpoint as if nothing were", async () => {
      const { generations, checkpoints } = store;
      proxy.loseEvery(2);
      const id = await generations.reserve();
      await generations.publish(plantedContent(id));
      const pointer = await generations.activate(id, 5, 7);
      assert.deepEqual(pointer, { generation: id, appliedOffset: 5, sequence: 1, activatedAtMs: 7 });
      for (const offset of [5, 6, 7]) {
        await checkpoints.write({ generation: id, offset, state: Uint8Array.of(offset) }, 2);
      }
      proxy.loseEvery(0);
      assert.ok(proxy.lostCount >= 5);
      assert.deepEqual(await generations.load(id), plantedContent(id));
      assert.deepEqual(await generations.active(), pointer);
      assert.deepEqual((await checkpoints.latest(id))!.state, Uint8Array.of(7));
    });

    it("write and forget a user's documents as if nothing were", async () => {
      const { recommendations } = store;
      const header = {
        generation: "g000001",
        userIds: ["a", "b"],
        itemIds: ["x"],
        appliedOffset: 1,
        timeMs: 1,
      };
      const block = { firstUserIndex: 0, userCount: 2, n: 1 };
      // Every third: each second one would strike the same write every time it is repeated.
      proxy.loseEvery(3);
      await recommendations.write({ ...header, popular: [] }, [
        { ...block, itemIndexes: new Uint32Array(2), scores: Float32Array.of(1, 2) },
      ]);
      proxy.loseNext("delete");
      assert.equal(await recommendations.forgetUser("a"), 1);
      assert.equal(await recommendations.count("g000001"), 1);
      assert.ok(proxy.lostCount >= 1);
    });
  });
}
