/** A short run of the simulation, and whether it would notice. `deno task simulate --minutes N` is the long one. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { NewEvent } from "../../src/domain/event.ts";
import type { EventLog } from "../../src/ports/event_log.ts";
import type { Ports, StoreKind } from "./disk.ts";
import { simulate } from "./simulation.ts";

const SHORT: readonly [store: StoreKind, actionCount: number, seeds: readonly number[]][] = [
  ["memory", 50, [1, 2, 569_117, 611_638]],
  ["sqlite", 40, [1]],
];

/** The port with some other methods. */
function changed<Port extends object>(port: Port, methods: (port: Port) => Partial<Port>): Port {
  const others = methods(port);
  return new Proxy(port, {
    get: (target, key) => {
      const member = Reflect.get(others, key) ?? Reflect.get(target, key, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** The log with another `append`. */
function withAppend(append: (log: EventLog, events: readonly NewEvent[]) => ReturnType<EventLog["append"]>) {
  return (ports: Ports): Ports => ({
    ...ports,
    eventLog: changed(ports.eventLog, (log) => ({ append: (events) => append(log, events) })),
  });
}

function simulateSpoilt(spoil: (ports: Ports) => Ports, actionCount = 60) {
  return simulate({ seed: 3, store: "memory", actionCount, spoil });
}

describe("the simulation", () => {
  for (const [store, actionCount, seeds] of SHORT) {
    it(`keeps every promise through crashes and full disks (${store})`, async () => {
      let crashes = 0, restored = 0;
      for (const seed of seeds) {
        const result = await simulate({ seed, store, actionCount });
        crashes += result.crashes, restored += result.restored;
      }
      assert.ok(crashes >= 2 * seeds.length, `only ${crashes} processes died`);
      assert.ok(restored > 0, "no learner came from a checkpoint");
    });

    it(`does the same again from the same seed (${store})`, async () => {
      const options = { seed: 11, store, actionCount: 25 };
      const first = await simulate(options);
      assert.ok(first.trace.length >= 25);
      assert.deepEqual(await simulate(options), first);
    });
  }

  it("finds a log that acknowledges what it has not written, and says how to see it again", async () => {
    let calls = 0;
    const spoil = withAppend(async (log, events) => {
      const end = await log.end();
      return ++calls % 5 === 0
        ? events.map((_, i) => ({ status: "created", offset: end + i }))
        : await log.append(events);
    });
    await assert.rejects(
      simulateSpoilt(spoil),
      /seed 3, store memory, action \d+ \(.*main\.ts --seed 3 --store memory/s,
    );
  });

  it("finds a log that counts an event twice", async () => {
    let calls = 0;
    const spoil = withAppend((log, events) =>
      log.append(
        events.map((event) => ({ ...event, eventId: `${event.eventId}${++calls % 50 === 0 ? "'" : ""}` })),
      )
    );
    await assert.rejects(simulateSpoilt(spoil), /was taken twice|changed, or unasked/);
  });

  it("finds an append that is cut in half by a crash", async () => {
    const spoil = withAppend(async (log, events) => {
      const half = events.length >> 1;
      return [...await log.append(events.slice(0, half)), ...await log.append(events.slice(half))];
    });
    await assert.rejects(
      simulateSpoilt(spoil, 200),
      /of an append of \d+ events that was not answered, \d+ are in the log/,
    );
  });

  it("finds a process that does not see the pointer move", async () => {
    const spoil = (ports: Ports): Ports => {
      let first: ReturnType<typeof ports.generations.active> | undefined;
      return {
        ...ports,
        generations: changed(ports.generations, (store) => ({ active: () => first ??= store.active() })),
      };
    };
    await assert.rejects(simulateSpoilt(spoil), /generation (answers|is learned)/);
  });

  it("finds events that are passed over between two batches", async () => {
    const spoil = (ports: Ports): Ports => ({
      ...ports,
      eventLog: changed(ports.eventLog, (log) => ({
        read: (options) => {
          const { fromOffset = 0, batchCount } = options ?? {};
          return log.read({
            ...options,
            fromOffset: batchCount !== undefined && fromOffset > 0 ? fromOffset + 1 : 0,
          });
        },
      })),
    });
    await assert.rejects(simulateSpoilt(spoil, 200), /another history of the process|another reading trains/);
  });

  it("finds a store that takes the writes of a learner whose time is over", async () => {
    const spoil = (ports: Ports): Ports => ({
      ...ports,
      checkpoints: changed(ports.checkpoints, (store) => ({
        write: (checkpoint, keep) => store.write(checkpoint, keep),
      })),
    });
    await assert.rejects(simulateSpoilt(spoil, 200), /Missing expected rejection/);
  });

  it("finds a learner or a training that does not hear of deletions", async () => {
    const spoil = (ports: Ports): Ports => ({
      ...ports,
      eventLog: changed(ports.eventLog, (log) => ({
        readControls: async (options) =>
          (await log.readControls(options)).filter(({ record }) => record.kind !== "eventDeleted"),
      })),
    });
    await assert.rejects(
      simulateSpoilt(spoil, 200),
      /another history of the process|another reading trains|strictly deep-equal/,
    );
  });

  it("finds a learner that keeps a state from before an erasure", async () => {
    const spoil = (ports: Ports): Ports => ({
      ...ports,
      checkpoints: changed(ports.checkpoints, () => ({ remove: () => Promise.resolve() })),
    });
    await assert.rejects(simulateSpoilt(spoil, 300), /a state from before an erasure/);
  });
});
