import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { holdsInGaps } from "../../../src/adapters/embedded/residue.ts";
import { Random } from "../../../src/synthesize/random.ts";
import { temporaryPath } from "./temporary_file.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const PAGE = 4096;

/** A file with a table and an index, both of several pages. */
function plantedFile(): string {
  const path = temporaryPath("planted.db"), database = new DatabaseSync(path), random = Random.seeded(3);
  database.exec(`PRAGMA page_size = ${PAGE}; PRAGMA secure_delete = ON; CREATE TABLE ids (id TEXT UNIQUE)`);
  const insert = database.prepare("INSERT INTO ids VALUES (?)");
  for (let i = 0; i < 2000; i++) insert.run(`${random.nextUint32()} id ${i};`);
  database.close();
  return path;
}

/** Where the unused bytes of a page begin and end, as the file format says. */
function gapOf(file: Uint8Array, page: number): [number, number] {
  const header = page * PAGE + (page === 0 ? 100 : 0), view = new DataView(file.buffer, file.byteOffset);
  const headerBytes = [2, 5].includes(file[header]) ? 12 : 8;
  return [header + headerBytes + 2 * view.getUint16(header + 3), page * PAGE + view.getUint16(header + 5)];
}

describe("holdsInGaps", () => {
  it("finds what stands in the unused part of a page, on the first page and on the last", async () => {
    const path = plantedFile(), file = readFileSync(path), pages = file.length / PAGE;
    assert.ok(pages > 30);
    for (const page of [0, 1, pages - 1]) {
      const [start, end] = gapOf(file, page), changed = Uint8Array.from(file), needle = bytesOf("gone");
      if (end - start < needle.length) continue;
      changed.set(needle, end - needle.length);
      writeFileSync(path, changed);
      assert.equal(await holdsInGaps(path, PAGE, [bytesOf("nobody"), needle]), true, `page ${page}`);
      assert.equal(await holdsInGaps(path, PAGE, [bytesOf("nobody"), bytesOf("gone ")]), false);
    }
  });

  it("does not take what is there for what is left", async () => {
    const path = plantedFile();
    assert.equal(await holdsInGaps(path, PAGE, [bytesOf(" id 77;"), bytesOf(" id 1999;")]), false);
    assert.equal(await holdsInGaps(path, PAGE, [new Uint8Array()]), false);
    assert.equal(await holdsInGaps(path, PAGE, []), false);
  });
});
