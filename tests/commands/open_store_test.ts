import { afterEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openStore, type OpenStoreOptions, type Store } from "../../src/commands/open_store.ts";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import { temporaryPath } from "../adapters/embedded/temporary_file.ts";
import { newColumns } from "../contracts/new_columns.ts";
import { plantedContent } from "../contracts/planted_content.ts";

const KINDS: [string, () => string, OpenStoreOptions][] = [
  ["memory:", () => "memory:", {}],
  ["sqlite:", () => `sqlite:${temporaryPath("a b/foz.db")}`, {}],
  ["sqlite: with the log on a thread", () => `sqlite:${temporaryPath()}`, { logThread: "worker" }],
];

/** Something into each part; then out of each part. */
async function fill(store: Store): Promise<void> {
  await store.eventLog.append([{ eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 1 }]);
  await store.eventLog.appendColumns(
    newColumns([{ userId: "v", itemId: "i", value: 2, timeMs: 2, key: [1] }]),
  );
  const generation = await store.generations.reserve();
  await store.generations.publish(plantedContent(generation));
  await store.generations.activate(generation, 2, 3);
  const header = { generation, userIds: ["u"], itemIds: ["i"], appliedOffset: 2, timeMs: 3, popular: [] };
  const block = {
    firstUserIndex: 0,
    userCount: 1,
    n: 1,
    itemIndexes: Uint32Array.of(0),
    scores: Float32Array.of(0.5),
  };
  await store.recommendations.write(header, [block]);
  await store.checkpoints.write({ generation, offset: 2, state: Uint8Array.of(7) }, 1);
  await store.updates.publish({ kind: "generationActivated", generation, appliedOffset: 2 });
  await store.catalog.put([{ itemId: "i", title: "Item" }]);
}

async function assertFilled(store: Store): Promise<void> {
  const values: number[] = [];
  for await (const batch of store.eventLog.read()) values.push(...batch.values);
  assert.deepEqual(values, [1, 2]);
  assert.deepEqual(await store.generations.load("g000001"), plantedContent("g000001"));
  assert.equal((await store.generations.active())!.generation, "g000001");
  assert.equal((await store.recommendations.get("g000001", "u"))!.items[0].score, 0.5);
  assert.deepEqual((await store.checkpoints.latest("g000001"))!.state, Uint8Array.of(7));
  assert.equal(await store.updates.latest(), 1);
  assert.equal((await store.catalog.titles(["i"])).get("i"), "Item");
}

describe("openStore", () => {
  let store: Store | undefined;
  afterEach(async () => {
    await store?.close();
    store = undefined;
  });

  for (const [name, url, options] of KINDS) {
    it(`opens ${name}`, async () => {
      store = await openStore(url(), options);
      await fill(store);
      await assertFilled(store);
    });
  }

  for (const logThread of ["same", "worker"] as const) {
    it(`finds what was stored when it opens a file again (log thread: ${logThread})`, async () => {
      const url = `sqlite:${temporaryPath()}`;
      const first = await openStore(url, { logThread });
      await fill(first);
      await first.close();
      store = await openStore(url, { logThread });
      assert.equal(store.eventLog.logId, first.eventLog.logId);
      await assertFilled(store);
    });
  }

  it("closes a thread with what was asked of it done", async () => {
    const url = `sqlite:${temporaryPath()}`;
    const first = await openStore(url, { logThread: "worker" });
    const appended = [1, 2, 3].map((key) =>
      first.eventLog.appendColumns(
        newColumns([{ userId: "v", itemId: "i", value: 2, timeMs: 2, key: [key] }]),
      )
    );
    await first.close();
    assert.deepEqual((await Promise.all(appended)).map(({ end }) => end), [1, 2, 3]);
    store = await openStore(url);
    assert.equal(await store.eventLog.end(), 3);
  });

  it("says what it accepts", async () => {
    for (const url of ["", "sqlite:", "postgres://h/db", "data/foz.db"]) {
      await assert.rejects(openStore(url), (error: Error) => {
        assert.ok(error instanceof BadInput);
        assert.ok(error.message.includes(`"${url}"`) && error.message.includes("sqlite:PATH, mongodb:"));
        return true;
      });
    }
  });

  it("does not show a password", async () => {
    const urls = [
      "mongodb://me:p@ss@host",
      "mongodb://me:p%20@ss:@host/db?unknown=1",
      "mongo://me:p@ss@host/db",
    ];
    for (const url of urls) {
      await assert.rejects(openStore(url), (error: Error) => {
        assert.ok(error instanceof BadInput && error.message.includes("host"), error.message);
        assert.ok(!/ss@|me:p/.test(error.message), error.message);
        return true;
      });
    }
  });

  it("fails with the file's name, leaving no thread behind", async () => {
    for (const logThread of ["same", "worker"] as const) {
      await assert.rejects(openStore("sqlite:/dev/null/foz.db", { logThread }), (error: Error) => {
        return error instanceof OutsideFailure && error.message.includes("/dev/null/foz.db");
      });
    }
  });
});
