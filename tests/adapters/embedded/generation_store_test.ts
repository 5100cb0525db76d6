import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import type { GenerationContent } from "../../../src/domain/generation.ts";
import { plantedContent } from "../../contracts/planted_content.ts";
import { EmbeddedGenerationStore } from "../../../src/adapters/embedded/generation_store.ts";
import { describeGenerationStore } from "../../contracts/generation_store.ts";
import { newDatabase } from "./temporary_file.ts";

describeGenerationStore("embedded", () => {
  const database = newDatabase();
  return { port: new EmbeddedGenerationStore(database), close: () => database.close() };
});

/** The planted generation with so many users that a section has several chunks. */
function largeContent(generation: string): GenerationContent {
  const planted = plantedContent(generation), userCount = 300_000, stride = 8;
  const userFactors = Float32Array.from({ length: userCount * stride }, (_, i) => Math.fround(i / 3));
  const sha256 = createHash("sha256").update(new Uint8Array(userFactors.buffer))
    .update(new Uint8Array(planted.model.itemFactors.buffer)).digest("hex");
  return {
    ...planted,
    generation: { ...planted.generation, userCount, sha256 },
    model: { ...planted.model, userCount, userFactors },
    userIds: Array.from({ length: userCount }, (_, i) => `user ${i}`),
    seen: { indptr: new Uint32Array(userCount + 1), indices: new Uint32Array() },
  };
}

describe("EmbeddedGenerationStore", () => {
  it("loads sections of several chunks", async () => {
    const database = newDatabase(), store = new EmbeddedGenerationStore(database);
    const content = largeContent(await store.reserve());
    await store.publish(content);
    const chunks =
      database.sql("SELECT count(*) AS n FROM generation_chunks WHERE section = 'userFactors'").get()!.n;
    assert.equal(chunks, 2, "9.6 MB in chunks of 8 MiB");
    assert.deepEqual(await store.load(content.generation.generation), content);
    database.close();
  });

  it("refuses a generation whose bytes changed on the disk, or of which a chunk is gone", async () => {
    const database = newDatabase(), store = new EmbeddedGenerationStore(database);
    const id = await store.reserve();
    await store.publish(plantedContent(id));
    database.sql(
      "UPDATE generation_chunks SET bytes = CAST(x'01020304' || substr(bytes, 5) AS BLOB) WHERE section = 'itemFactors'",
    ).run();
    await assert.rejects(
      store.load(id),
      (error: Error) => error instanceof OutsideFailure && /SHA-256/.test(error.message),
    );
    database.sql("DELETE FROM generation_chunks WHERE section = 'seenIndices'").run();
    await assert.rejects(store.load(id), (error: Error) => {
      return error instanceof OutsideFailure && /seenIndices has 0 bytes/.test(error.message);
    });
    database.close();
  });

  it("shows nothing of a publication that ended half-way, and collects it when it is old", async () => {
    const database = newDatabase(), store = new EmbeddedGenerationStore(database);
    const id = await store.reserve(), whole = await store.reserve();
    await store.publish(plantedContent(whole));
    // What a crash before the last transaction leaves.
    await store.publish(plantedContent(id));
    database.sql("UPDATE generations SET manifest = NULL WHERE generation = ?").run(id);
    assert.deepEqual((await store.list()).map(({ generation }) => generation), [whole]);
    assert.deepEqual(await store.collect(5), []);
    assert.deepEqual(await store.collect(5, Date.now() + 1000), [id]);
    const left = database.sql("SELECT DISTINCT generation FROM generation_chunks").all();
    assert.deepEqual(left.map(({ generation }) => generation), [whole]);
    database.close();
  });

  it("lets the same id be published after a publication that ended half-way", async () => {
    const database = newDatabase(), store = new EmbeddedGenerationStore(database);
    const id = await store.reserve();
    await store.publish(plantedContent(id, 5));
    database.sql("UPDATE generations SET manifest = NULL").run();
    await store.publish(plantedContent(id, 6));
    assert.deepEqual(await store.load(id), plantedContent(id, 6));
    database.close();
  });
});
