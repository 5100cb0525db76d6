import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { learnOnce } from "../../src/commands/learn.ts";
import { CHECKPOINT_DEFAULTS } from "../../src/stream/checkpoint_policy.ts";
import { kernelModule, plantedLog } from "../stream/planted_log.ts";

describe("learnOnce", () => {
  it("does not end before the copy of the histories is written, however long that takes", async () => {
    const { store, append } = await plantedLog(), { checkpoints } = store;
    await append(900);
    const write = checkpoints.write.bind(checkpoints);
    checkpoints.write = async (checkpoint, keep, fence) => {
      if (checkpoint.part === "histories") await systemClock.sleep(50);
      await write(checkpoint, keep, fence);
    };
    const checkpointing = { ...CHECKPOINT_DEFAULTS, historyCount: 1 };
    const options = { store, kernelModule, batchCount: 100, checkpointing };
    const { appliedOffset } = await learnOnce(options, new AbortController().signal);
    assert.equal(appliedOffset, 900);
    assert.equal((await checkpoints.latest("g000001", "histories"))?.offset, 900);
    await store.close();
  });
});
