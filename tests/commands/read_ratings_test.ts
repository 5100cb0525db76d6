import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { readRatings, type ReadRatingsOptions } from "../../src/commands/read_ratings.ts";
import { BadInput } from "../../src/domain/failure.ts";
import type { FormatWish } from "../../src/ingest/detect_format.ts";
import {
  csvLine,
  fileOf,
  goodRow,
  jsonLine,
  numbered,
  numberedPlainly,
  someId,
} from "../ingest/divided_reading.ts";
import { bytesOf } from "../ingest/reading.ts";

let folder = "", fileCount = 0;
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function write(content: Uint8Array): Promise<string> {
  const path = `${folder}/${fileCount++}.csv`;
  await Deno.writeFile(path, content);
  return path;
}

const DIVISION = { leastBytes: 100, partBytes: 500 };

async function ratingsOf(path: string, threadCount: number, more: Partial<ReadRatingsOptions> = {}) {
  const options = { path, wish: {}, threadCount, division: DIVISION, ...more };
  const { builder, ids, refusedCount, firstRefusedLine } = await readRatings(options);
  const all = builder.build(ids.users.count, ids.items.count);
  return numbered([all], ids, refusedCount, firstRefusedLine);
}

const HEADER = ["user,item,rating", "a,b,1"];
const QUOTES_AT_THE_END = bytesOf('x,"y\nz",2\n"p",q,3\nr,s,bad\nnew,"new",4');
const FILES: Readonly<Record<string, { content: Uint8Array; wish?: FormatWish }>> = {
  "good rows": { content: fileOf(1, 3000, goodRow, HEADER) },
  "bad rows and quotes in lines": { content: fileOf(2, 3000, csvLine(0.1, 0), HEADER) },
  "quotes everywhere": { content: fileOf(3, 3000, csvLine(0.1, 0.3), HEADER) },
  "quotes in the last part only": {
    content: new Uint8Array([...fileOf(4, 3000, csvLine(0.1, 0), HEADER), 10, ...QUOTES_AT_THE_END]),
  },
  "objects": { content: fileOf(5, 1500, jsonLine, ['{"userId":"u","itemId":"i"}']) },
  "lists": {
    content: fileOf(6, 2000, (next) => `${someId(next)} ${someId(next)} ${next(100)}`, ["u i"]),
    wish: { format: "lists" },
  },
  "a byte order mark and nothing else": {
    content: bytesOf(`\ufeff${"\n".repeat(200)}`),
    wish: { format: "lists" },
  },
};

describe("readRatings", () => {
  for (const [name, { content, wish }] of Object.entries(FILES)) {
    it(`reads ${name} with several threads as with one`, async () => {
      const path = await write(content), expected = await numberedPlainly(content, wish);
      for (const threadCount of [1, 2, 3]) {
        assert.deepEqual(await ratingsOf(path, threadCount, { wish }), expected, `${threadCount} threads`);
      }
      assert.deepEqual(await ratingsOf(await write(gzipSync(content)), 2, { wish }), expected, "gzip");
    });
  }

  it("reads small files, and larger parts than the file", async () => {
    const content = bytesOf("a,b,1\nc,b,2\n"), path = await write(content);
    const expected = await numberedPlainly(content);
    assert.deepEqual(await ratingsOf(path, 2), expected);
    const division = { leastBytes: 0, partBytes: 1 << 20 };
    assert.deepEqual(await ratingsOf(path, 2, { division }), expected);
    assert.deepEqual((await ratingsOf(await write(bytesOf("")), 2, { division })).rows, []);
  });

  it("says how far it is, up to the end, and ever more", async () => {
    for (const name of ["good rows", "quotes everywhere"]) {
      const path = await write(FILES[name].content), expected = await ratingsOf(path, 1);
      const shares: number[] = [], counts: number[] = [];
      await ratingsOf(path, 2, {
        onProgress: (share, count) => void (shares.push(share), counts.push(count)),
      });
      assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
      assert.deepEqual([shares.at(-1), counts.at(-1)], [1, expected.rows.length]);
    }
  });

  it("refuses what one thread refuses, in the same words", async () => {
    const contents = [
      "what is this? ".repeat(50),
      `[{"userId":1}]${" ".repeat(200)}`,
      `PK\x03\x04${"x".repeat(200)}`,
    ];
    for (const content of contents) {
      const path = await write(bytesOf(content)), words: string[] = [];
      for (const threadCount of [1, 2]) {
        await assert.rejects(ratingsOf(path, threadCount), (error: Error) => {
          assert.ok(error instanceof BadInput);
          return words.push(error.message) > 0;
        });
      }
      assert.equal(words[0], words[1]);
    }
    await assert.rejects(ratingsOf(`${folder}/none`, 2), /there is no such file/);
    await assert.rejects(ratingsOf(folder, 2), /it is a folder/);
  });

  it("ends when it is told to", async () => {
    const path = await write(FILES["good rows"].content);
    for (const threadCount of [1, 2]) {
      const stop = new AbortController();
      const onProgress = () => stop.abort(new Error("enough"));
      const division = { leastBytes: 0, partBytes: 300 }, { signal } = stop;
      if (threadCount === 1) stop.abort(new Error("enough"));
      await assert.rejects(ratingsOf(path, threadCount, { onProgress, division, signal }), /enough/);
    }
  });
});
