import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryGenerationStore } from "../../src/adapters/memory/generation_store.ts";
import { MemoryUpdateFeed } from "../../src/adapters/memory/update_feed.ts";
import { activateGeneration } from "../../src/serve/activate_generation.ts";
import { plantedContent } from "../contracts/planted_content.ts";

async function targets() {
  const made = {
    eventLog: new MemoryEventLog(),
    generations: new MemoryGenerationStore(),
    updates: new MemoryUpdateFeed(),
  };
  await made.generations.publish(plantedContent("g000001"));
  await made.generations.publish(plantedContent("g000002", 1));
  return made;
}

describe("activateGeneration", () => {
  it("swaps the pointer, leaves a control record, and tells those who serve", async () => {
    const { eventLog, generations, updates } = await targets();
    const pointer = await activateGeneration({ eventLog, generations, updates }, "g000002", 77);
    assert.equal(pointer?.generation, "g000002");
    assert.equal((await generations.active())?.generation, "g000002");
    const [control] = await eventLog.readControls();
    assert.deepEqual(control, {
      offset: 0,
      timeMs: 77,
      record: { kind: "generationActivated", generation: "g000002" },
    });
    assert.equal(await updates.latest(), 1);
  });

  it("changes nothing when it is active already, or unknown", async () => {
    const stores = await targets();
    await activateGeneration(stores, "g000001", 0);
    const again = await activateGeneration(stores, "g000001", 5);
    assert.equal(again?.activatedAtMs, 0);
    assert.equal(await activateGeneration(stores, "g000009", 0), undefined);
    assert.equal(await stores.updates.latest(), 1);
    assert.equal(await stores.eventLog.end(), 1);
  });

  it("writes it down before it does it", async () => {
    const stores = await targets();
    stores.generations.activate = () => Promise.reject(new Error("the process ended"));
    await assert.rejects(activateGeneration(stores, "g000001", 0), /the process ended/);
    assert.equal(await stores.eventLog.end(), 1);
    assert.equal(await stores.updates.latest(), 0);
  });
});
