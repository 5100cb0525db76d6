import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { FormatWish } from "../../src/ingest/detect_format.ts";
import {
  csvLine,
  type Divided,
  fileOf,
  goodRow,
  jsonLine,
  type Line,
  numberedInParts,
  numberedPlainly,
  numbersFrom,
  planOf,
  someId,
} from "./divided_reading.ts";
import { bytesOf } from "./reading.ts";

const HEADER = "user,item,rating", GOOD = ["u,i,1", "7,i,2"];

/** The file read in parts, after it was found to be the same as without them. */
async function same(
  content: Uint8Array | string,
  partBytes: number,
  wish?: FormatWish,
  readerOf: (part: number) => number = (part) => part % 3,
): Promise<Divided> {
  const bytes = bytesOf(content), plan = await planOf(bytes, partBytes, wish);
  const divided = await numberedInParts(bytes, plan, readerOf), { partCount, readCount, ...found } = divided;
  assert.deepEqual(found, await numberedPlainly(bytes, wish));
  return { partCount, readCount, ...found };
}

interface FileKind {
  readonly line: Line;
  readonly first: readonly string[];
  readonly wish?: FormatWish;
}

const listLine: Line = (next) =>
  Array.from({ length: next(5) }, () => next(20) === 0 ? "bad\x02" : someId(next).replace(" ", "_")).join(
    " ",
  );
const times: Line = (next) => `${goodRow(next)},${next(9) === 0 ? "soon" : 1.6e9 + next(1e6)}`;
const KINDS: Readonly<Record<string, FileKind>> = {
  "rows without a header": { line: goodRow, first: GOOD },
  "rows with a header and times": { line: times, first: [`${HEADER},time`, "1,2,3,4"] },
  "bad rows": { line: csvLine(0.3, 0), first: [HEADER, ...GOOD] },
  "some quotes": { line: csvLine(0.1, 0.05), first: [HEADER, ...GOOD] },
  "many quotes": { line: csvLine(0.1, 0.4), first: ["note", ...GOOD], wish: { columns: ["1", "2", "3"] } },
  "double colons": {
    line: (next) => goodRow(next).replaceAll(",", next(9) === 0 ? ":" : "::"),
    first: ['a::"b::1', "c::d::2"],
    wish: { format: "dat" },
  },
  "objects": { line: jsonLine, first: ['{"userId":"u","itemId":"i"}'] },
  "lists": { line: listLine, first: ["u i j"], wish: { format: "lists" } },
};

describe("joinParts", () => {
  for (const [name, { line, first, wish }] of Object.entries(KINDS)) {
    it(`gives what is read without parts, of files with ${name}`, async () => {
      let divided = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const next = numbersFrom(1000 * seed);
        const content = fileOf(seed, next(60), line, first), readerCount = 1 + next(4);
        const partBytes = next(4) === 0 ? 4 + next(4) : 8 + next(content.length);
        const readers = Array.from({ length: 1000 }, () => next(readerCount));
        const { readCount } = await same(content, partBytes, wish, (part) => readers[part % 1000]);
        if (readCount > 1) divided++;
      }
      assert.ok(divided > 15, `only ${divided} files were read in parts`);
    });
  }

  it("reads all parts by their readers where records end with lines, quotes or not", async () => {
    for (const rows of ["u,i,1\n7,j,2\n8,k,x\n", '"u,v",i,1\n7,"j""s",2\n8,k,3\n']) {
      const { partCount, readCount } = await same(`user,item,rating\n${rows.repeat(300)}`, 200);
      assert.ok(partCount > 20);
      assert.equal(readCount, partCount);
    }
  });

  it("goes on by itself from a part that ends inside quotes, with the right lines and codes", async () => {
    const plain = "u,i,1\n7,j,2\n9,bad\n", open = 'q,"two\n'.repeat(50) + 'lines",5\n';
    for (const end of ["", plain.repeat(3), `new,j,1\nu,new,bad`]) {
      const divided = await same(`user,item,rating\n${plain.repeat(100)}${open}${end}`, 64);
      assert.ok(divided.readCount > 20 && divided.readCount < divided.partCount);
      assert.equal(divided.firstRefusedLine, 4);
    }
    // In the last part only, and nowhere closed.
    const { partCount, readCount } = await same(`${"u,i,1\n".repeat(100)}v,"i,1`, 100);
    assert.equal(readCount, partCount);
  });

  it("numbers no id that only refused rows have, also where another part has it", async () => {
    const { userIds, itemIds } = await same("a,x,1\nb,y,bad\nc\x01,z,1\nd,z\x01,1\na,y,2\nb,x,1\nd,x,1\n", 8);
    assert.deepEqual([userIds, itemIds], [["a", "b", "d"], ["x", "y"]]);
  });

  it("takes a line of many parts, more parts than lines, and one line", async () => {
    const long = `u,${"i".repeat(200)},1`, longer = `u,${"i".repeat(300)},1`;
    const { partCount, readCount, refusedCount } = await same(`a,b,1\n${long}\n${longer}\nc,d,2`, 7);
    assert.deepEqual([readCount, refusedCount], [partCount, 1]);
    assert.ok(partCount > 70);
    for (const text of ["a,b,1", "a,b,1\n", "user,item\na,b", "\n\n\na,b\n\n\n"]) await same(text, 4);
  });

  it("reads on by itself from a line that is longer than a record may be", async () => {
    const limit = 1 << 20, rows = "a,b,1\nc,d,bad\n".repeat(1000);
    for (const length of [limit - 10, limit + 10, 2.5 * limit]) {
      for (const around of ["", '"']) {
        const content = `${rows}${around}${"x".repeat(length)}${around},y,1\n${rows}`;
        const { readCount } = await same(content, 5000);
        assert.ok(readCount > 0);
      }
    }
    // As the header; and where a quote is closed farther away than a record may be long.
    await same(`user,item,${"x".repeat(limit)}\n${rows}`, 5000, { columns: ["1", "2"], format: "csv" });
    for (const size of [5000, 400_000, 3 * limit]) {
      await same(`${rows}"open,1\n${rows.repeat(100)}x",y,2\n${rows}`, size);
    }
  });
});
