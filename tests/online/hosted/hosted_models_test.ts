import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryCheckpointStore } from "../../../src/adapters/memory/checkpoint_store.ts";
import { MemoryLeases } from "../../../src/adapters/memory/lease.ts";
import { BadInput } from "../../../src/domain/failure.ts";
import { encodeState } from "../../../src/domain/state_tree.ts";
import { HostedModels, MOST_MODELS } from "../../../src/online/hosted/hosted_models.ts";
import { ModelConflict, ModelsElsewhere } from "../../../src/online/hosted/model_failures.ts";
import { VirtualClock } from "../../simulation/virtual_clock.ts";
import { kernelModule } from "../make_model.ts";

const SETTINGS = {
  model: "scale | linear",
  seed: 1,
  metrics: [],
  rolling: 0,
  detectors: [],
  mostOpen: 100,
  expireAfterMs: 60_000,
};

/** A store, and processes that open it. */
function stored() {
  const clock = new VirtualClock(), leases = new MemoryLeases(clock);
  const checkpoints = new MemoryCheckpointStore(leases), errors: unknown[] = [];
  const open = async (holder = "p") => {
    const models = new HostedModels({
      kernelModule,
      checkpoints,
      leases,
      clock,
      holder,
      onError: (error) => void errors.push(error),
    });
    await models.start();
    return models;
  };
  return { clock, checkpoints, leases, errors, open };
}

const stateOf = (models: HostedModels, name: string) => encodeState(models.get(name)!.hosted.save());

describe("HostedModels", () => {
  it("makes, lists, finds and deletes models", async () => {
    const { open, errors } = stored(), models = await open();
    const { model, isNew } = await models.create("b", SETTINGS);
    assert.equal(isNew, true);
    assert.equal((await models.create("b", { ...SETTINGS })).isNew, false);
    await models.create("a", { ...SETTINGS, model: "mean" });
    assert.deepEqual(models.list().map(({ name }) => name), ["a", "b"]);
    assert.equal(models.get("b"), model);
    await assert.rejects(models.create("b", { ...SETTINGS, seed: 2 }), ModelConflict);
    await assert.rejects(models.create("c", { ...SETTINGS, model: "magic" }), BadInput);
    await assert.rejects(
      models.create("c", { ...SETTINGS, metrics: ["accuracy"] }),
      /"accuracy" of a regression/,
    );
    await assert.rejects(models.create("c", { ...SETTINGS, detectors: ["magic"] }), BadInput);
    assert.equal(await models.remove("b"), true);
    assert.equal(await models.remove("b"), false);
    assert.deepEqual(models.list().map(({ name }) => name), ["a"]);
    await models.stop();
    assert.deepEqual(errors, []);
  });

  it("has them again after a restart, bit by bit, with what waits", async () => {
    const { open, errors } = stored(), first = await open();
    await first.create("m", { ...SETTINGS, detectors: ["adwin"] });
    await first.create("deleted", SETTINGS);
    await first.remove("deleted");
    const { hosted } = first.get("m")!;
    for (let i = 0; i < 50; i++) hosted.learn({ features: { a: i % 7, b: "1" === "1" }, target: i }, i);
    hosted.predict({ a: 1 }, "waits", 50);
    const state = stateOf(first, "m"), { settings, createdAtMs } = first.get("m")!;
    await first.stop();
    const second = await open();
    assert.deepEqual(second.list().map(({ name }) => name), ["m"]);
    assert.deepEqual(stateOf(second, "m"), state);
    assert.deepEqual([second.get("m")!.settings, second.get("m")!.createdAtMs], [settings, createdAtMs]);
    await second.create("deleted", SETTINGS);
    assert.equal(second.get("deleted")!.hosted.figures(0).learned, 0);
    await second.stop();
    assert.deepEqual(errors, []);
  });

  it("keeps what is new every second: who is killed loses no more", async () => {
    const { open, clock } = stored(), killed = await open();
    await killed.create("m", SETTINGS);
    killed.get("m")!.hosted.learn({ features: { a: 1 }, target: 1 }, 0);
    await clock.advance(1000);
    const kept = stateOf(killed, "m");
    killed.get("m")!.hosted.learn({ features: { a: 1 }, target: 1 }, 0);
    // It never says goodbye: the next has to wait until the lease is over.
    killed.close();
    const next = await open("next");
    assert.throws(() => next.list(), ModelsElsewhere);
    await clock.advance(6000);
    assert.deepEqual(stateOf(next, "m"), kept);
    await next.stop();
  });

  it("lets one process hold them, and the next when it stops", async () => {
    const { open, clock } = stored(), first = await open("first"), second = await open("second");
    for (const models of [first, second]) {
      assert.deepEqual(models.list(), [], "nobody holds what is not there");
    }
    await first.create("m", SETTINGS);
    await assert.rejects(second.create("n", SETTINGS), ModelsElsewhere);
    for (const attempt of [() => second.get("m"), () => second.list()]) {
      assert.throws(attempt, ModelsElsewhere);
    }
    await assert.rejects(second.remove("m"), ModelsElsewhere);
    await clock.advance(20_000);
    assert.throws(() => second.get("m"), ModelsElsewhere);
    first.get("m")!.hosted.learn({ features: { a: 1 }, target: 1 }, 0);
    await first.stop();
    await clock.advance(1000);
    assert.equal(second.get("m")!.hosted.figures(0).learned, 1);
    await second.stop();
  });

  it("gives the lease back with the last model, so that any process may make the next", async () => {
    const { open, leases } = stored(), first = await open("first"), second = await open("second");
    await first.create("m", SETTINGS);
    assert.equal((await leases.current("online-models"))?.holder, "first");
    await first.remove("m");
    assert.equal(await leases.current("online-models"), undefined);
    assert.deepEqual(first.list(), []);
    assert.equal((await second.create("n", SETTINGS)).isNew, true);
    await first.stop();
    await second.stop();
  });

  it("drops what it holds when another process has taken over", async () => {
    const { open, clock, leases, errors } = stored(), first = await open("first");
    await first.create("m", SETTINGS);
    const { hosted } = first.get("m")!;
    // Its time went by without a beat: as if the machine had slept.
    const lease = (await leases.current("online-models"))!;
    await leases.release(lease);
    const second = await open("second");
    second.get("m")!.hosted.learn({ features: { a: 1 }, target: 1 }, 0);
    hosted.learn({ features: { a: 2 }, target: 2 }, 0);
    await clock.advance(1000);
    assert.throws(() => first.get("m"), ModelsElsewhere);
    assert.equal(errors.length, 1);
    await first.stop();
    await second.stop();
    const third = await open();
    assert.equal(third.get("m")!.hosted.figures(0).learned, 1);
    await third.stop();
  });

  it("passes over a model whose state it cannot read, and leaves it there", async () => {
    const { open, checkpoints, errors } = stored(), first = await open();
    await first.create("good", SETTINGS);
    await first.create("strange", SETTINGS);
    await first.stop();
    const strange = (await checkpoints.latest("online-model strange"))!;
    await checkpoints.write({ ...strange, offset: strange.offset + 100, state: Uint8Array.of(9, 9) }, 2);
    const second = await open();
    assert.deepEqual(second.list().map(({ name }) => name), ["good"]);
    assert.equal(errors.length, 1);
    await second.create("more", SETTINGS);
    await second.stop();
    await checkpoints.write({ ...strange, offset: strange.offset + 200 }, 2);
    const third = await open();
    assert.deepEqual(third.list().map(({ name }) => name), ["good", "more", "strange"]);
    await third.stop();
  });

  it("holds a hundred, and no more", async () => {
    const { open } = stored(), models = await open();
    for (let i = 0; i < MOST_MODELS; i++) await models.create(`m${i}`, { ...SETTINGS, model: "mean" });
    await assert.rejects(models.create("more", SETTINGS), /there are 100, which is the most/);
    assert.equal(models.list().length, MOST_MODELS);
    await models.stop();
  });
});
