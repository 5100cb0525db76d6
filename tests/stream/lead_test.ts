import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryLeases } from "../../src/adapters/memory/lease.ts";
import { LeaseLost, OutsideFailure } from "../../src/domain/failure.ts";
import type { Fence, Leases } from "../../src/ports/lease.ts";
import { lead, type LeadNote } from "../../src/stream/lead.ts";
import { settled, VirtualClock } from "../simulation/virtual_clock.ts";

const TTL_MS = 6000;

/** A process that leads when it may; each of its terms is a fence. */
class Candidate {
  readonly stop = new AbortController();
  readonly fences: Fence[] = [];
  readonly notes: LeadNote[] = [];
  isAtWork = false;
  readonly ended: Promise<void>;

  constructor(leases: Leases, clock: VirtualClock, holder: string) {
    const options = {
      leases,
      clock,
      name: "learner",
      holder,
      onNote: (note: LeadNote) => void this.notes.push(note),
    };
    this.ended = lead(options, this.stop.signal, async (fence, signal) => {
      this.fences.push(fence);
      this.isAtWork = true;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      this.isAtWork = false;
    });
  }

  whats(): string[] {
    return this.notes.map(({ what }) => what);
  }

  async end(): Promise<void> {
    this.stop.abort();
    await this.ended;
  }
}

/** Leases that a stopped process cannot reach, as if its calls took forever; or that fail. */
function behind(leases: MemoryLeases, reach: () => Promise<void>): Leases {
  return {
    acquire: async (name, holder, ttlMs) => (await reach(), leases.acquire(name, holder, ttlMs)),
    renew: async (lease, ttlMs) => (await reach(), leases.renew(lease, ttlMs)),
    release: async (lease) => (await reach(), leases.release(lease)),
    current: async (name) => (await reach(), leases.current(name)),
  };
}

describe("lead", () => {
  it("lets one work, for as long as it lives, and the other stand by", async () => {
    const clock = new VirtualClock(), leases = new MemoryLeases(clock);
    const first = new Candidate(leases, clock, "first"), second = new Candidate(leases, clock, "second");
    await clock.advance(10 * TTL_MS);
    assert.deepEqual([first.isAtWork, second.isAtWork], [true, false]);
    assert.deepEqual(first.whats(), ["leading"]);
    assert.deepEqual(second.notes, [{ what: "standing by", holder: "first" }]);
    await Promise.all([first.end(), second.end()]);
  });

  it("hands over at once when the leader ends in order", async () => {
    const clock = new VirtualClock(), leases = new MemoryLeases(clock);
    const first = new Candidate(leases, clock, "first"), second = new Candidate(leases, clock, "second");
    await settled();
    await first.end();
    await clock.advance(TTL_MS / 6);
    assert.equal(second.isAtWork, true);
    await second.end();
    assert.equal(await leases.current("learner"), undefined);
  });

  it("takes over within 10 s from a process that stopped, whose fence is refused when it goes on", async () => {
    const clock = new VirtualClock(), leases = new MemoryLeases(clock);
    let goOn = () => {}, stopped = Promise.resolve();
    const first = new Candidate(behind(leases, () => stopped), clock, "first");
    await clock.advance(3 * TTL_MS + 1);
    const second = new Candidate(leases, clock, "second");
    stopped = new Promise((resolve) => goOn = resolve);
    await clock.advance(10_000);
    assert.deepEqual([first.isAtWork, second.isAtWork], [true, true], "the first cannot know yet");
    assert.ok(second.fences[0].token > first.fences[0].token);
    goOn();
    await clock.advance(TTL_MS);
    assert.deepEqual([first.isAtWork, second.isAtWork], [false, true]);
    assert.deepEqual(first.whats(), ["leading", "lost the lease", "standing by"]);
    await second.end();
    await clock.advance(TTL_MS);
    assert.equal(first.isAtWork, true, "and may lead again");
    await first.end();
  });

  it("stands by after a write was refused", async () => {
    const clock = new VirtualClock(), leases = new MemoryLeases(clock), stop = new AbortController();
    let terms = 0;
    await lead(
      { leases, clock, name: "learner", holder: "a", onNote: () => {} },
      stop.signal,
      async () => {
        if (++terms === 1) throw new LeaseLost("refused");
        stop.abort();
      },
    );
    assert.equal(terms, 2);
  });

  it("goes on over a store that fails for a while, and gives up when its time is over", async () => {
    const clock = new VirtualClock(), leases = new MemoryLeases(clock);
    let failing = false;
    const candidate = new Candidate(
      behind(leases, async () => {
        if (failing) throw new OutsideFailure("the disk is full");
      }),
      clock,
      "a",
    );
    await settled();
    failing = true;
    await clock.advance(TTL_MS / 2);
    failing = false;
    await clock.advance(TTL_MS / 2);
    assert.equal(candidate.isAtWork, true);
    failing = true;
    await clock.advance(2 * TTL_MS);
    assert.equal(candidate.isAtWork, false, "another may have it by now");
    failing = false;
    await clock.advance(TTL_MS);
    assert.equal(candidate.isAtWork, true);
    assert.ok(candidate.whats().includes("the lease cannot be reached"));
    await candidate.end();
  });

  it("ends when the work ends, gives the lease back, and passes on what the work throws", async () => {
    const clock = new VirtualClock(), leases = new MemoryLeases(clock);
    const options = { leases, clock, name: "learner", holder: "a", onNote: () => {} };
    const { signal } = new AbortController();
    await lead(options, signal, async () => {});
    assert.equal(await leases.current("learner"), undefined);
    await assert.rejects(
      lead(options, signal, async () => {
        throw new RangeError("mine");
      }),
      RangeError,
    );
    assert.equal(await leases.current("learner"), undefined);
    await lead(options, AbortSignal.abort(), async () => assert.fail("it was not to start"));
  });
});
