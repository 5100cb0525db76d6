import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { PlainFile } from "../../../src/adapters/deno/plain_file.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

const CONTENT = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31 + (i >> 8)) & 255);

async function write(name: string, bytes: Uint8Array): Promise<string> {
  await Deno.writeFile(`${folder}/${name}`, bytes);
  return `${folder}/${name}`;
}

describe("PlainFile", () => {
  it("reads anywhere, backwards too, and nothing at the end", async () => {
    using file = closing(PlainFile.open(await write("a", CONTENT))!);
    assert.equal(file.sizeBytes, CONTENT.length);
    for (const [position, length] of [[0, 10], [10, 5], [200_000, 7], [3, 100], [CONTENT.length - 2, 9]]) {
      const into = new Uint8Array(length), count = file.readAt(position, into);
      assert.deepEqual(into.slice(0, count), CONTENT.slice(position, position + length));
    }
    assert.equal(file.readAt(CONTENT.length, new Uint8Array(4)), 0);
  });

  it("gives the chunks from a position on, whatever is read between them", async () => {
    using file = closing(PlainFile.open(await write("b", CONTENT))!);
    const parts: Uint8Array[] = [];
    for await (const chunk of file.chunks(12_345, "b")) {
      parts.push(chunk.slice());
      file.readAt(7, new Uint8Array(3));
    }
    assert.ok(parts.length > 1);
    const into = new Uint8Array(4);
    file.readAt(0, into);
    assert.deepEqual(into, CONTENT.slice(0, 4));
    assert.deepEqual(new Uint8Array(parts.flatMap((part) => [...part])), CONTENT.slice(12_345));
  });

  it("ends the chunks when it is told to", async () => {
    using file = closing(PlainFile.open(await write("c", CONTENT))!);
    const stop = new AbortController(), chunks = file.chunks(0, "c", stop.signal);
    await chunks.next();
    stop.abort(new Error("enough"));
    await assert.rejects(chunks.next(), /enough/);
  });

  it("is nothing for what is no plain file", async () => {
    const packed = await write("packed", gzipSync(CONTENT));
    await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    for (const path of ["-", folder, `${folder}/none`, packed, `${folder}/pipe`]) {
      assert.equal(PlainFile.open(path), undefined, path);
    }
  });
});

function closing(file: PlainFile): PlainFile & Disposable {
  return Object.assign(file, { [Symbol.dispose]: () => file.close() });
}
