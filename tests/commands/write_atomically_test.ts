import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { writeAll, writeAtomically } from "../../src/commands/write_atomically.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

const names = () => [...Deno.readDirSync(folder)].map((entry) => entry.name);

describe("writeAtomically", () => {
  it("shows the file only when it is whole", async () => {
    const path = `${folder}/a`;
    const bytes = new Uint8Array(300_000).map((_, i) => i * 7);
    const size = await writeAtomically(path, async (file) => {
      await writeAll(file, bytes);
      assert.ok(!names().includes("a"));
    });
    assert.equal(size, bytes.length);
    assert.deepEqual(await Deno.readFile(path), bytes);
    assert.deepEqual(names(), ["a"]);
  });

  it("leaves what was there, and nothing else, when writing fails", async () => {
    const path = `${folder}/a`;
    await Deno.writeTextFile(path, "before");
    const failing = writeAtomically(path, async (file) => {
      await writeAll(file, new Uint8Array(10));
      throw new Error("half-way");
    });
    await assert.rejects(
      failing,
      (error: unknown) =>
        error instanceof OutsideFailure && error.message.includes(path) &&
        (error.cause as Error).message === "half-way",
    );
    assert.equal(await Deno.readTextFile(path), "before");
    assert.deepEqual(names(), ["a"]);
  });

  it("makes the folder, and says which file when it cannot", async () => {
    await writeAtomically(`${folder}/deep/er/a`, (file) => writeAll(file, new Uint8Array(3)));
    assert.equal((await Deno.stat(`${folder}/deep/er/a`)).size, 3);
    await assert.rejects(writeAtomically(`${folder}/deep/er/a/b`, async () => {}), (error: Error) => {
      return error instanceof OutsideFailure && error.message.includes("/a/b");
    });
  });
});
