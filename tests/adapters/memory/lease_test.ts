import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryCheckpointStore } from "../../../src/adapters/memory/checkpoint_store.ts";
import { MemoryGenerationStore } from "../../../src/adapters/memory/generation_store.ts";
import { MemoryLeases } from "../../../src/adapters/memory/lease.ts";
import { MemoryUpdateFeed } from "../../../src/adapters/memory/update_feed.ts";
import { LeaseLost } from "../../../src/domain/failure.ts";
import { describeLeases } from "../../contracts/lease.ts";

describeLeases("memory", (clock) => {
  const leases = new MemoryLeases(clock);
  const port = {
    leases,
    checkpoints: new MemoryCheckpointStore(leases),
    updates: new MemoryUpdateFeed(leases),
    generations: new MemoryGenerationStore(leases),
  };
  return { port, close: () => {} };
});

describe("a memory store that knows no leases", () => {
  it("refuses every fence", async () => {
    const checkpoint = { generation: "g000001", offset: 1, state: new Uint8Array() };
    await assert.rejects(
      new MemoryCheckpointStore().write(checkpoint, 1, { name: "learner", token: 1 }),
      LeaseLost,
    );
  });
});
