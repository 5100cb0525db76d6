import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { partCountOf, PartReader, startOfPart } from "../../src/ingest/file_part.ts";
import { planOf, readAtOf } from "./divided_reading.ts";
import { bytesOf } from "./reading.ts";

const MIB = 1 << 20;

describe("startOfPart", () => {
  it("is behind the first line end at or behind the place of the part", async () => {
    const text = "a,b\nc,d\r\n\nlonger,line\ne,f", bytes = bytesOf(text);
    for (const partBytes of [1, 4, 5, 9]) {
      const plan = await planOf(bytes, partBytes);
      assert.equal(partCountOf(plan), Math.ceil(text.length / partBytes));
      for (let part = 0; part < partCountOf(plan); part++) {
        const place = part * partBytes, lineEnd = text.indexOf("\n", place - 1);
        const expected = part === 0 ? 0 : lineEnd < 0 ? text.length : lineEnd + 1;
        assert.equal(startOfPart(plan, part, readAtOf(bytes, 3)), expected, `${part} of ${partBytes}`);
      }
    }
  });

  it("looks no farther than a record may be long", async () => {
    const bytes = bytesOf(`a,b\n${"x".repeat(2 * MIB)}\nc,d\n`), plan = await planOf(bytes, 100);
    assert.equal(startOfPart(plan, 1, readAtOf(bytes)), undefined);
    const last = partCountOf(plan) - 1;
    assert.equal(startOfPart(plan, last - 1, readAtOf(bytes)), bytes.length - 4);
  });
});

describe("PartReader", () => {
  const text = "user,item,rating\nu,i,1\nv,i,bad\nu,j,2\nw,j,3\n";

  it("gives rows by codes of its own, and each id once, when it is new", async () => {
    const bytes = bytesOf(text), plan = await planOf(bytes, 25);
    const reader = new PartReader(plan, readAtOf(bytes, 10));
    const [first, second] = [reader.read(0)!, reader.read(1)!];
    assert.deepEqual(first.batches.map(({ users, items }) => [[...users], [...items]]), [[[0], [0]]]);
    assert.deepEqual([first.lineCount, first.refusedCount, first.firstRefusedLine], [3, 1, 3]);
    assert.deepEqual(second.batches.map(({ users, items }) => [[...users], [...items]]), [[[0, 1], [1, 1]]]);
    assert.deepEqual([second.lineCount, second.refusedCount, second.firstRefusedLine], [2, 0, 0]);
    assert.deepEqual([first.newUsers, second.newUsers], [
      { bytes: bytesOf("u"), ends: Uint32Array.of(1) },
      { bytes: bytesOf("w"), ends: Uint32Array.of(1) },
    ]);
  });

  it("does not take the first line of a later part for a header", async () => {
    const bytes = bytesOf(`${text}user,item,4\n`), plan = await planOf(bytes, text.length);
    const { batches, newUsers } = new PartReader(plan, readAtOf(bytes)).read(1)!;
    assert.deepEqual([batches[0].count, newUsers.bytes], [1, bytesOf("user")]);
  });

  it("reads no part that ends inside a record, or has a line that is too long", async () => {
    for (const tail of ['"x\ny",i,1\n', `"x${"\ny".repeat(40)}`, "z".repeat(MIB + 1)]) {
      const bytes = bytesOf(`${text}${tail}${"\na,b,1".repeat(20)}`),
        plan = await planOf(bytes, text.length + 3);
      assert.equal(new PartReader(plan, readAtOf(bytes)).read(0), undefined, tail.slice(0, 9));
    }
  });

  it("reads no first part where the header has not come", async () => {
    const bytes = bytesOf(`\n\n\n\n\n\n\n\n${text}`), plan = await planOf(bytes, 5);
    assert.equal(new PartReader(plan, readAtOf(bytes)).read(0), undefined);
  });

  it("says when the file has become shorter", async () => {
    const bytes = bytesOf(text), plan = await planOf(bytes, 100);
    const reader = new PartReader(plan, readAtOf(bytes.subarray(0, 20)));
    assert.throws(() => reader.read(0), /ended at 20 of 43 bytes/);
  });
});
