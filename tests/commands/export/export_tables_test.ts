import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { factorsOf, listsOf, writeNdjson, writeParquet } from "../../../src/commands/export/export_tables.ts";
import type { Snapshot } from "../../../src/domain/snapshot.ts";
import { SnapshotModel } from "../../../src/serve/snapshot_model.ts";
import { plantedGeneration } from "../../serve/planted_generation.ts";
import { ITEM_IDS, kernelModule, USER_IDS } from "../../serve/planted_server.ts";

const NOTHING_LATER = { userIds: [], itemIds: [], pairs: new Uint32Array(0) };

async function snapshotOf(
  feedback: "explicit" | "implicit",
  userIds: readonly string[] = USER_IDS,
): Promise<Snapshot> {
  const content = await plantedGeneration({
    userIds,
    itemIds: ITEM_IDS,
    feedback,
    factorCount: 5,
    offset: 9,
  });
  return { content, appliedOffset: 9, titles: new Map(), later: NOTHING_LATER };
}

let path: string;
beforeEach(async () => {
  path = await Deno.makeTempFile();
});
afterEach(() => Deno.remove(path));

async function written(write: (file: Deno.FsFile) => Promise<number>): Promise<number> {
  const file = await Deno.open(path, { write: true, truncate: true });
  const rows = await write(file);
  file.close();
  return rows;
}

async function parquetRows(): Promise<Record<string, unknown>[]> {
  const { buffer } = await Deno.readFile(path);
  return await parquetReadObjects({ file: buffer });
}

describe("users who were erased", () => {
  it("have neither a list nor a row", async () => {
    const snapshot = await snapshotOf("explicit", ["42", "", "7"]);
    const { current } = new SnapshotModel(kernelModule, snapshot);
    assert.deepEqual([...listsOf(current, snapshot, 4)].map(({ userId }) => userId), ["42", "7"]);
    const users = [...factorsOf(snapshot)].filter(({ side }) => side === "user");
    assert.deepEqual(users.map(({ id }) => id), ["42", "7"]);
    const { userFactors, stride } = snapshot.content.model;
    assert.deepEqual(users[1].factors, userFactors.slice(2 * stride, 2 * stride + 5));
  });
});

describe("listsOf", () => {
  it("gives every user the list that the server would", async () => {
    const snapshot = await snapshotOf("explicit");
    const { current } = new SnapshotModel(kernelModule, snapshot);
    const lists = [...listsOf(current, snapshot, 4)];
    assert.deepEqual(lists.map((list) => list.userId), USER_IDS);
    assert.deepEqual(lists[2], current.recommender.recommend(USER_IDS[2], { n: 4 }));
  });
});

describe("factorsOf", () => {
  it("gives factors and biases as the model's layout has them", async () => {
    const snapshot = await snapshotOf("explicit");
    const { model } = snapshot.content;
    const rows = [...factorsOf(snapshot)];
    assert.equal(rows.length, USER_IDS.length + ITEM_IDS.length);
    const user = rows[3], item = rows[USER_IDS.length + 2];
    assert.deepEqual([user.side, user.id, item.side, item.id], ["user", USER_IDS[3], "item", ITEM_IDS[2]]);
    assert.deepEqual(user.factors, model.userFactors.subarray(3 * model.stride, 3 * model.stride + 5));
    assert.equal(user.bias, model.userFactors[3 * model.stride + 5]);
    assert.equal(item.bias, model.itemFactors[2 * model.stride + 6]);
    // Score of the pair from the exported row alone.
    const dot = user.factors.reduce((sum, x, f) => sum + x * item.factors[f], 0);
    const { current: { recommender } } = new SnapshotModel(kernelModule, snapshot);
    const [{ score }] = recommender.rank(USER_IDS[3], [ITEM_IDS[2]]).items;
    assert.ok(Math.abs(model.globalMean + user.bias! + item.bias! + dot - score) < 1e-5);
  });

  it("has no biases in implicit models", async () => {
    assert.ok([...factorsOf(await snapshotOf("implicit"))].every((row) => row.bias === undefined));
  });
});

describe("writeNdjson", () => {
  it("writes one document a line, in portions", async () => {
    const rows = Array.from({ length: 4500 }, (_, i) => ({ i, factors: Float32Array.of(i, 0.5) }));
    assert.equal(await written((file) => writeNdjson(file, rows)), 4500);
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.length, 4500);
    assert.deepEqual(lines[4321], { i: 4321, factors: [4321, 0.5] });
  });
});

describe("writeParquet", () => {
  it("writes lists that another reader reads back, over several portions", async () => {
    const userIds = [...USER_IDS, ...Array.from({ length: 2100 }, (_, i) => `user ${i}`)];
    const snapshot = await snapshotOf("explicit", userIds);
    const { current } = new SnapshotModel(kernelModule, snapshot);
    const count = await written((file) =>
      writeParquet(file, "lists", listsOf(current, snapshot, 3), snapshot)
    );
    assert.equal(count, 3 * userIds.length);
    const rows = await parquetRows();
    const expected = [...listsOf(current, snapshot, 3)].flatMap(({ userId, basis, items }) =>
      items.map(({ itemId, score, rank }) => ({ userId, rank, itemId, score, basis }))
    );
    assert.deepEqual(rows, expected);
    const { key_value_metadata } = parquetMetadata((await Deno.readFile(path)).buffer);
    const provenance = Object.fromEntries(key_value_metadata!.map(({ key, value }) => [key, value]));
    assert.equal(JSON.parse(provenance["foz.generation"]!).generation, "g000001");
    assert.equal(provenance["foz.appliedOffset"], "9");
  });

  it("writes factors, a column each", async () => {
    for (const feedback of ["explicit", "implicit"] as const) {
      const snapshot = await snapshotOf(feedback);
      await written((file) => writeParquet(file, "factors", factorsOf(snapshot), snapshot));
      const expected = [...factorsOf(snapshot)].map(({ side, id, bias, factors }) => ({
        side,
        id,
        ...(bias === undefined ? {} : { bias }),
        ...Object.fromEntries(Array.from(factors, (factor, f) => [`f${f}`, factor])),
      }));
      assert.deepEqual(await parquetRows(), expected);
    }
  });
});
