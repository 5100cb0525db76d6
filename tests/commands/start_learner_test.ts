import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { openStore } from "../../src/commands/open_store.ts";
import { startLearner } from "../../src/commands/start_learner.ts";
import type { RowBatch, RowsAdvanced } from "../../src/domain/model_update.ts";
import { temporaryPath } from "../adapters/embedded/temporary_file.ts";

/** Tells that nothing changed, then ends by an error. */
const DYING = `onmessage = ({ data }) => {
  if (data.kind !== "start") return;
  const advanced = { kind: "rowsAdvanced", generation: "g000001", fromOffset: 0, appliedOffset: 0, parts: 0, atMs: 0 };
  postMessage({ kind: "batch", batch: [advanced] });
  setTimeout(() => { throw new Error("out of memory"); }, 5);
};`;

/** Tells how far the log goes whenever it hears of a commit; ends by an error at the second one. */
const HEARING = `onmessage = ({ data }) => {
  if (data.kind !== "start") return;
  let count = 0;
  data.commits.onmessage = ({ data: { end } }) => {
    const advanced = { kind: "rowsAdvanced", generation: "g000001", fromOffset: 0, appliedOffset: end, parts: 0, atMs: 0 };
    postMessage({ kind: "batch", batch: [advanced] });
    if (++count === 2) throw new Error("out of memory");
  };
};`;

const entryOf = (program: string) => new URL(`data:text/javascript,${encodeURIComponent(program)}`);

describe("startLearner", () => {
  it("starts the thread again when it ends unasked, until it is stopped", async () => {
    const store = await openStore("memory:");
    const { module: kernelModule } = await loadKernel("portable");
    const learner = startLearner({
      storeUrl: "sqlite:unused.db",
      store,
      kernelModule,
      logLevel: "error",
      entry: entryOf(DYING),
      restartMs: 1,
    });
    const batches: RowBatch[] = [];
    await new Promise<void>((resolve) => {
      learner.listen({
        measured: () => {},
        applyRows: (batch) => {
          if (batches.push(batch) === 3) resolve();
          return Promise.resolve();
        },
      });
    });
    await learner.stop();
    await store.close();
    assert.equal(batches.length, 3);
  });

  it("has the log's thread tell the learner's of every commit, and the next one's when that ends", async () => {
    const storeUrl = `sqlite:${temporaryPath()}`, store = await openStore(storeUrl, { logThread: "worker" });
    const { module: kernelModule } = await loadKernel("portable");
    const learner = startLearner({
      ...{ storeUrl, store, kernelModule, logLevel: "error" },
      entry: entryOf(HEARING),
      restartMs: 1,
    });
    const ends: number[] = [];
    learner.listen({
      measured: () => {},
      applyRows: async (batch) => void ends.push((batch.at(-1) as RowsAdvanced).appliedOffset),
    });
    let appended = 0;
    // No thread hears more than two.
    while (ends.length < 6) {
      const event = { eventId: `e${appended++}`, userId: "u", itemId: "i", value: 1, timeMs: 1 };
      await store.eventLog.append([event]);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.ok(ends.every((end, i) => end <= appended && (i === 0 || end > ends[i - 1])), `${ends}`);
    await learner.stop();
    await store.close();
  });
});
