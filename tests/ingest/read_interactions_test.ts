import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { emptyDictionaries } from "../../src/ingest/coded_rows.ts";
import { readInteractions } from "../../src/ingest/read_interactions.ts";
import { csvLine, fileOf, jsonLine, numbered, numberedPlainly } from "./divided_reading.ts";
import { chunksOf } from "./reading.ts";

async function readCoded(content: Uint8Array, chunkBytes: number, ids = emptyDictionaries()) {
  const batches = [];
  let refusedCount = 0, firstLine = 0;
  const onReject = ({ line }: { line: number }) => {
    if (refusedCount++ === 0) firstLine = line;
    return false;
  };
  const chunks = chunksOf(content, chunkBytes);
  for await (const batch of readInteractions({ chunks, ids, onReject, batchCount: 7 })) batches.push(batch);
  return numbered(batches, ids, refusedCount, firstLine);
}

describe("readInteractions", () => {
  it("gives the rows that the log would get, by number, whatever the chunks are", async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const files = [
        fileOf(seed, 80, csvLine(0.2, 0.1), ["user,item,rating", "a,b,1"]),
        fileOf(seed, 80, jsonLine, ['{"userId":"u","itemId":"i"}']),
      ];
      for (const content of files) {
        assert.deepEqual(await readCoded(content, 1 + 7 * seed), await numberedPlainly(content));
      }
    }
  });

  it("numbers several files alike", async () => {
    const ids = emptyDictionaries(), bytes = (text: string) => new TextEncoder().encode(text);
    await readCoded(bytes("b,y,3\na,x,4\n"), 100, ids);
    const second = await readCoded(bytes("c,x,1\nb,z,2\n"), 100, ids);
    assert.deepEqual(second.rows, [[2, 1, 1, 0], [0, 2, 2, 0]]);
    assert.deepEqual([second.userIds, second.itemIds], [["b", "a", "c"], ["y", "x", "z"]]);
  });
});
