import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { exportCommand, exportSnapshot } from "../../src/commands/export.ts";
import { activeSnapshot } from "../../src/commands/export/active_snapshot.ts";
import { openStore } from "../../src/commands/open_store.ts";
import { BadInput } from "../../src/domain/failure.ts";
import { readSnapshot } from "../../src/domain/snapshot.ts";
import { plantedGeneration } from "../serve/planted_generation.ts";
import { ITEM_IDS, USER_IDS } from "../serve/planted_server.ts";

let folder: string, url: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
  url = `sqlite:${folder}/foz.db`;
  const store = await openStore(url);
  await store.generations.publish(await plantedGeneration({ userIds: USER_IDS, itemIds: ITEM_IDS }));
  await store.generations.activate("g000001", 0, 0);
  await store.close();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const run = (...args: string[]) =>
  exportCommand().exitOverride().configureOutput({ writeErr: () => {} }).parseAsync(
    ["--store", url, ...args],
    { from: "user" },
  );

/** What the command prints while `work` runs. */
async function printed(work: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => void lines.push(line);
  try {
    await work();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}

describe("foz export", () => {
  it("writes a snapshot that holds what the store holds", async () => {
    const to = `${folder}/foz.snapshot`;
    const document = JSON.parse(await printed(() => run("--to", to, "--json")));
    const { size } = await Deno.stat(to);
    assert.deepEqual(document, { file: to, generation: "g000001", appliedOffset: 0, bytes: size });
    const store = await openStore(url);
    assert.deepEqual(await readSnapshot(await Deno.readFile(to)), await activeSnapshot(store));
    await store.close();
  });

  it("signs it when there is a key in the environment", async () => {
    Deno.env.set("FOZ_SNAPSHOT_KEY", "secret");
    try {
      await printed(() => run("--to", `${folder}/signed`));
      await readSnapshot(await Deno.readFile(`${folder}/signed`), "secret");
    } finally {
      Deno.env.delete("FOZ_SNAPSHOT_KEY");
    }
  });

  it("writes lists and factors as lines and as Parquet", async () => {
    for (const format of ["ndjson", "parquet"]) {
      for (
        const [what, count] of [["lists", format === "ndjson" ? USER_IDS.length : 2 * USER_IDS.length], [
          "factors",
          USER_IDS.length + ITEM_IDS.length,
        ]]
      ) {
        const args = [
          "--to",
          `${folder}/out`,
          "--format",
          format,
          "--what",
          String(what),
          "--limit",
          "2",
          "--json",
        ];
        const { rows } = JSON.parse(await printed(() => run(...args)));
        assert.equal(rows, count, `${format} ${what}`);
      }
    }
    const [first] = (await Deno.readTextFile(`${folder}/out`)).slice(0, 4).split("\n");
    assert.equal(first, "PAR1");
  });

  it("refuses what it does not know", async () => {
    await assert.rejects(run("--to", `${folder}/x`, "--limit", "0"), BadInput);
    await assert.rejects(run("--to", `${folder}/x`, "--format", "csv"));
    await assert.rejects(run());
    const store = await openStore(url);
    const snapshot = await activeSnapshot(store);
    await store.close();
    await Deno.writeTextFile(`${folder}/out`, "a file is no folder");
    await assert.rejects(
      exportSnapshot(snapshot, { to: `${folder}/out/x`, format: "snapshot", what: "lists" }, 1),
      /out\/x failed/,
    );
  });
});
