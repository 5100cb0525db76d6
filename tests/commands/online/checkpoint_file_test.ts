import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { readCheckpoint, writeCheckpoint } from "../../../src/commands/online/checkpoint_file.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";

const IDENTITY = { model: "mean", stream: "a.csv" };

describe("a checkpoint file", () => {
  it("is absent, or what was written last", async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/run.state`;
    assert.equal(await readCheckpoint(path, IDENTITY), undefined);
    await writeCheckpoint(path, IDENTITY, [1]);
    await writeCheckpoint(path, IDENTITY, [2]);
    assert.deepEqual(await readCheckpoint(path, IDENTITY), [2]);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["run.state"]);
    await assert.rejects(readCheckpoint(path, { ...IDENTITY, model: "last" }), BadInput);
    await Deno.writeTextFile(path, "something else");
    await assert.rejects(readCheckpoint(path, IDENTITY), OutsideFailure);
    await assert.rejects(readCheckpoint(folder, IDENTITY), OutsideFailure);
    await assert.rejects(writeCheckpoint(`${path}/below/a/file`, IDENTITY, [3]), OutsideFailure);
    await Deno.remove(folder, { recursive: true });
  });
});
