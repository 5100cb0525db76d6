import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { LeaseLost } from "../../src/domain/failure.ts";
import type { RowsAdvanced } from "../../src/domain/model_update.ts";
import { LiveLearning } from "../../src/stream/run_learner.ts";
import { contentFor, listening, plantedLog, publish } from "./planted_log.ts";
import { learnerOf, part } from "./planted_stream.ts";

async function until(what: string, isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 5000;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, `not within 5 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe("LiveLearning", () => {
  it("learns the active generation, and when another becomes active, that one from its own offset", async () => {
    const { store, stream, append } = await plantedLog(), options = listening(store, systemClock);
    const learning = new LiveLearning(options),
      stop = new AbortController(),
      running = learning.run(stop.signal);
    await append(640);
    await until("the first learns", () => learning.current?.appliedOffset === 640);
    assert.equal(learning.current!.generation, "g000001");
    await publish(store, await contentFor(store, stream.content, "g000002"));
    await until("the second learns", () => learning.current?.generation === "g000002");
    await append(700);
    options.wake.call();
    await until("what comes is learned by the second", () => learning.current?.appliedOffset === 700);
    assert.equal(learning.rows("g000001"), undefined);
    assert.equal((learning.rows("g000002")!.at(-1) as RowsAdvanced).appliedOffset, 700);
    stop.abort();
    await running;
    assert.equal((await store.checkpoints.latest("g000001"))?.offset, 640, "of the outgoing one too");
    const order = options.batches.map((batch) => batch.at(-1)!.generation);
    const first = order.filter((generation) => generation === "g000001").length;
    assert.ok(first > 0 && order.slice(order.lastIndexOf("g000001") + 1).every((one) => one === "g000002"));
  });

  it("leaves alone a generation that was not trained on this log, and says so", async () => {
    const { store, stream } = await plantedLog(), options = listening(store, systemClock);
    const content = await contentFor(store, stream.content, "g000002");
    await publish(store, { ...content, generation: { ...content.generation, logId: "" } });
    const learning = new LiveLearning(options),
      stop = new AbortController(),
      running = learning.run(stop.signal);
    await until("it says so", () => options.notes.some(({ what }) => /not trained on this log/.test(what)));
    stop.abort();
    await running;
    assert.equal(learning.current, undefined);
    assert.deepEqual(options.batches, []);
  });

  it("ends with LeaseLost when a write is refused", async () => {
    const { store, append } = await plantedLog(),
      options = listening(store, systemClock, {
        fence: { name: "learner", token: 1 },
        checkpointing: { recordCount: 1, intervalMs: 1e9, keep: 2, historyCount: 1e9 },
      });
    const learning = new LiveLearning(options);
    await append(620);
    await assert.rejects(learning.run(new AbortController().signal), LeaseLost);
  });

  it("comes back to the generation before with nothing but the tail to learn, unless somebody was erased", async () => {
    const { store, stream, content, append } = await plantedLog(), options = listening(store, systemClock);
    const { checkpoints, generations } = store,
      latest = checkpoints.latest.bind(checkpoints),
      asked: string[] = [];
    checkpoints.latest = (generation) => (asked.push(generation), latest(generation));
    const learning = new LiveLearning(options),
      stop = new AbortController(),
      running = learning.run(stop.signal);
    const learns = (generation: string, offset: number) =>
      until(
        `${generation} learns to ${offset}`,
        () => learning.current?.generation === generation && learning.current.appliedOffset === offset,
      );
    const activate = async (generation: string) => {
      await generations.activate(generation, 600, 0);
      learning.rows(generation);
    };
    await append(640);
    await learns("g000001", 640);
    await publish(store, await contentFor(store, stream.content, "g000002"));
    await learns("g000002", 640);
    await append(700);
    await learns("g000002", 700);
    await until("the state of the first is written", () => options.notes.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await activate("g000001");
    await learns("g000001", 700);
    assert.deepEqual(asked, ["g000001", "g000002"], "each was loaded once");
    const oracle = learnerOf(stream);
    oracle.apply(part(stream.log, 600, 700));
    assert.equal(await learning.current!.sha256(), await oracle.sha256());
    const { offset } = (await store.eventLog.eraseUser("u3", 0))!;
    await learns("g000001", offset + 1);
    await activate("g000002");
    await learns("g000002", offset + 1);
    assert.deepEqual(asked.slice(2), ["g000002"], "what was kept still knew u3");
    assert.ok(content.userIds.includes("u3"));
    stop.abort();
    await running;
  });
});
