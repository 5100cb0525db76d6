/** What src/ports/lease.ts says, and what the other ports say about fences, for every adapter. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { LeaseLost } from "../../src/domain/failure.ts";
import type { Checkpoint, CheckpointStore } from "../../src/ports/checkpoint_store.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { GenerationStore } from "../../src/ports/generation_store.ts";
import type { Fence, Leases } from "../../src/ports/lease.ts";
import type { UpdateFeed } from "../../src/ports/update_feed.ts";
import { VirtualClock } from "../simulation/virtual_clock.ts";
import type { Opened } from "./generation_store.ts";
import { plantedContent } from "./planted_content.ts";

/** Leases, and the stores of the same adapter that know their fences. */
export interface FencedStores {
  readonly leases: Leases;
  readonly checkpoints: CheckpointStore;
  readonly updates: UpdateFeed;
  readonly generations: GenerationStore;
}

const TTL_MS = 1000;
const UPDATE = { kind: "generationActivated", generation: "g000001", appliedOffset: 3 } as const;
const checkpoint = (offset: number): Checkpoint => ({
  generation: "g000001",
  part: "rows",
  offset,
  state: Uint8Array.of(1, 2, 3),
});

export function describeLeases(
  name: string,
  open: (clock: Clock) => Opened<FencedStores> | Promise<Opened<FencedStores>>,
): void {
  describe(`leases: ${name}`, () => {
    let opened: Opened<FencedStores>, clock: VirtualClock;
    let leases: Leases, stores: FencedStores;
    beforeEach(async () => {
      clock = new VirtualClock();
      opened = await open(clock);
      stores = opened.port;
      leases = stores.leases;
    });
    afterEach(() => opened.close());

    const acquire = (holder: string) => leases.acquire("learner", holder, TTL_MS);

    it("gives a lease to one of those who ask", async () => {
      assert.equal(await leases.current("learner"), undefined);
      const taken = await Promise.all(["a", "b", "c"].map(acquire));
      const held = taken.filter((lease) => lease !== undefined);
      assert.equal(held.length, 1);
      assert.equal(held[0].name, "learner");
      assert.ok(held[0].token >= 1);
      assert.equal(held[0].expiresAtMs, clock.nowMs() + TTL_MS);
      assert.deepEqual(await leases.current("learner"), held[0]);
      assert.equal(await acquire(held[0].holder), undefined, "nor to another one of that name");
    });

    it("keeps leases of different names apart", async () => {
      const learner = await acquire("a"), other = await leases.acquire("collector", "b", TTL_MS);
      assert.deepEqual([learner?.holder, other?.holder], ["a", "b"]);
      await leases.release(learner!);
      assert.deepEqual(await leases.current("collector"), other);
    });

    it("gives it to the next when it has expired, with a greater token", async () => {
      const first = (await acquire("a"))!;
      await clock.advance(TTL_MS - 1);
      assert.equal(await acquire("b"), undefined);
      await clock.advance(1);
      assert.equal(await leases.current("learner"), undefined);
      const second = (await acquire("b"))!;
      assert.ok(second.token > first.token);
      await assert.rejects(leases.renew(first, TTL_MS), LeaseLost);
      assert.deepEqual(await leases.current("learner"), second);
    });

    it("lasts from its renewal, under the same token", async () => {
      const first = (await acquire("a"))!;
      await clock.advance(600);
      const renewed = await leases.renew(first, TTL_MS);
      assert.deepEqual(renewed, { ...first, expiresAtMs: first.expiresAtMs + 600 });
      await clock.advance(600);
      assert.equal(await acquire("b"), undefined);
      assert.deepEqual(await leases.current("learner"), renewed);
    });

    it("stays its holder's after its time, until somebody takes it", async () => {
      const first = (await acquire("a"))!;
      await clock.advance(5 * TTL_MS);
      await stores.checkpoints.write(checkpoint(1), 1, first);
      assert.equal((await leases.renew(first, TTL_MS)).token, first.token);
      assert.equal(await acquire("b"), undefined);
    });

    it("can be given back: the next need not wait, and the fence is refused", async () => {
      const first = (await acquire("a"))!;
      await leases.release(first);
      assert.equal(await leases.current("learner"), undefined);
      await assert.rejects(stores.checkpoints.write(checkpoint(1), 1, first), LeaseLost);
      const second = (await acquire("b"))!;
      assert.ok(second.token > first.token);
      await leases.release(first);
      assert.deepEqual(await leases.current("learner"), second, "a stale holder gives nothing back");
    });

    it("refuses every write of a stale holder, says so, and changes nothing", async () => {
      const { checkpoints, updates, generations } = stores;
      for (const id of ["g000001", "g000002"]) await generations.publish(plantedContent(id));
      const first = (await acquire("a"))!;
      await checkpoints.write(checkpoint(1), 2, first);
      const sequence = await updates.publish(UPDATE, first);
      await generations.activate("g000001", 1, 10, first);
      await clock.advance(TTL_MS);
      const second = (await acquire("b"))!;

      const attempts: [what: RegExp, attempt: (fence: Fence) => Promise<unknown>][] = [
        [/write a checkpoint of generation g000001/, (fence) => checkpoints.write(checkpoint(2), 2, fence)],
        [/remove the checkpoints of generation g000001/, (fence) => checkpoints.remove("g000001", fence)],
        [/publish a model update/, (fence) => updates.publish(UPDATE, fence)],
        [/forget old model updates/, (fence) => updates.trim(sequence, fence)],
        [/activate generation g000002/, (fence) => generations.activate("g000002", 2, 20, fence)],
      ];
      const never = { name: "learner", token: second.token + 1 };
      for (const [what, attempt] of attempts) {
        for (const stale of [first, never, { name: "nobody's", token: second.token }]) {
          await assert.rejects(async () => await attempt(stale), (error: Error) => {
            assert.ok(error instanceof LeaseLost, String(error));
            assert.match(error.message, what);
            assert.match(error.message, new RegExp(`given was ${stale.token}$`));
            return true;
          });
        }
      }
      assert.deepEqual(await checkpoints.latest("g000001"), checkpoint(1));
      assert.equal(await updates.latest(), sequence);
      assert.equal((await generations.active())?.generation, "g000001");
      const stop = new AbortController();
      for await (const one of updates.follow(0, stop.signal)) {
        assert.equal(one.sequence, sequence, "it was not forgotten");
        stop.abort();
      }
      await Promise.all([attempts[0], attempts[2], attempts[4]].map(([, attempt]) => attempt(second)));
      assert.deepEqual(await checkpoints.latest("g000001"), checkpoint(2));
      assert.equal((await generations.active())?.generation, "g000002");
    });
  });
}
