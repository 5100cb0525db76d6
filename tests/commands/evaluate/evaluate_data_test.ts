import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { fileIn, interactionsOfPart, readDataFiles } from "../../../src/commands/evaluate/evaluate_data.ts";
import { emptyDictionaries } from "../../../src/ingest/coded_rows.ts";
import { BadInput } from "../../../src/domain/failure.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const path = `${folder}/${name}`;
  await (typeof content === "string" ? Deno.writeTextFile(path, content) : Deno.writeFile(path, content));
  return path;
}

describe("readDataFiles", () => {
  it("numbers users and items alike over all files, in order of first appearance", async () => {
    const first = await write("a.csv", "b,y,3\na,x,4\n"), second = await write("b.csv", "c,x,1\nb,z,2\n");
    const ids = emptyDictionaries();
    const train = await readDataFiles(ids, [first]), test = await readDataFiles(ids, [second]);
    assert.deepEqual([ids.users.ids(), ids.items.ids()], [["b", "a", "c"], ["y", "x", "z"]]);
    const { users, items, values, count, userCount, itemCount } = test.build(
      ids.users.count,
      ids.items.count,
    );
    assert.deepEqual([[...users], [...items], [...values]], [[2, 0], [1, 2], [1, 2]]);
    assert.deepEqual([count, userCount, itemCount], [2, 3, 3]);
    assert.equal(train.build(3, 3).count, 2);
    assert.equal((await readDataFiles(emptyDictionaries(), [first, second])).count, 4);
  });

  it("takes no part of a file: a bad row is an error that names it", async () => {
    const path = await write("bad.csv", "a,x,3\nb,y,many\nc,z,1\n");
    await assert.rejects(readDataFiles(emptyDictionaries(), [path]), (error: unknown) => {
      assert.ok(error instanceof BadInput);
      assert.match(error.message, /bad\.csv": line 2 cannot be read/);
      return true;
    });
  });

  it("refuses an empty file and one that is not there", async () => {
    const empty = await write("empty.csv", "");
    await assert.rejects(readDataFiles(emptyDictionaries(), [empty]), /there are no rows/);
    await assert.rejects(readDataFiles(emptyDictionaries(), [`${folder}/none.csv`]), /no such file/);
  });
});

describe("interactionsOfPart", () => {
  it("keeps the marked rows in order", () => {
    const all = {
      count: 4,
      userCount: 9,
      itemCount: 8,
      users: Uint32Array.of(1, 2, 3, 4),
      items: Uint32Array.of(5, 6, 7, 0),
      values: Float64Array.of(1, 2, 3, 4),
      timesMs: Float64Array.of(10, 20, 30, 40),
    };
    assert.deepEqual(interactionsOfPart(all, Uint8Array.of(1, 0, 1, 2), 1), {
      count: 2,
      userCount: 9,
      itemCount: 8,
      users: Uint32Array.of(1, 3),
      items: Uint32Array.of(5, 7),
      values: Float64Array.of(1, 3),
      timesMs: Float64Array.of(10, 30),
    });
  });
});

describe("fileIn", () => {
  it("finds the plain file before the packed one, and names what it looked for", async () => {
    const packed = await write("u1.base.gz", new Uint8Array(1));
    assert.equal(await fileIn(folder, ["u1.base"]), packed);
    const plain = await write("u1.base", "1,1,1\n");
    assert.equal(await fileIn(folder, ["u1.base"]), plain);
    assert.equal(await fileIn(folder, ["train.txt", "u1.base"]), plain);
    await assert.rejects(
      fileIn(folder, ["train.txt", "u9.base"]),
      /folder that holds train\.txt or u9\.base/,
    );
  });
});
