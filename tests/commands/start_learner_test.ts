import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { openStore } from "../../src/commands/open_store.ts";
import { startLearner } from "../../src/commands/start_learner.ts";
import type { RowBatch } from "../../src/domain/model_update.ts";

/** Tells that nothing changed, then ends by an error. */
const DYING = `onmessage = ({ data }) => {
  if (data.kind !== "start") return;
  const advanced = { kind: "rowsAdvanced", generation: "g000001", fromOffset: 0, appliedOffset: 0, parts: 0, atMs: 0 };
  postMessage({ kind: "batch", batch: [advanced] });
  setTimeout(() => { throw new Error("out of memory"); }, 5);
};`;

describe("startLearner", () => {
  it("starts the thread again when it ends unasked, until it is stopped", async () => {
    const store = await openStore("memory:");
    const { module: kernelModule } = await loadKernel("portable");
    const learner = startLearner({
      storeUrl: "sqlite:unused.db",
      store,
      kernelModule,
      logLevel: "error",
      entry: new URL(`data:text/javascript,${encodeURIComponent(DYING)}`),
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
});
