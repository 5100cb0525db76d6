import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { readItems } from "../../src/ingest/read_items.ts";
import { bytesOf } from "./reading.ts";

function titlesOf(content: string | Uint8Array): Record<string, string> {
  return Object.fromEntries(readItems(bytesOf(content)).items.map(({ itemId, title }) => [itemId, title]));
}

/** Windows' Latin-1, in which é is one byte. */
function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

describe("readItems", () => {
  it("reads movies.csv: titles with commas and quotes", () => {
    const csv =
      'movieId,title,genres\n1,Toy Story (1995),Animation|Comedy\n11,"American President, The (1995)",Drama\n' +
      '12,"The ""Great"" One",Drama\n';
    const expected = {
      "1": "Toy Story (1995)",
      "11": "American President, The (1995)",
      "12": 'The "Great" One',
    };
    assert.deepEqual(titlesOf(csv), expected);
    assert.deepEqual(titlesOf("\ufeff" + csv.replaceAll("\n", "\r\n")), expected);
  });

  it("reads movies.dat and u.item, in Latin-1", () => {
    assert.deepEqual(titlesOf(latin1('1::Misérables, Les (1995)::Drama\n2::"Quoted" (1999)::Comedy|War\n')), {
      "1": "Misérables, Les (1995)",
      "2": '"Quoted" (1999)',
    });
    assert.deepEqual(
      titlesOf(latin1("1|Toy Story (1995)|01-Jan-1995||http://x|0|1\n2|Café (1996)||||1|0\n")),
      {
        "1": "Toy Story (1995)",
        "2": "Café (1996)",
      },
    );
  });

  it("finds columns by name in any order, and takes the first two without a header", () => {
    assert.deepEqual(titlesOf("title\tid\nA\tx\n"), { x: "A" });
    assert.deepEqual(titlesOf("genre;Name;Item ID\ng;A;x\n"), { x: "A" });
    assert.deepEqual(titlesOf("x,A\ny,B\n"), { x: "A", y: "B" });
  });

  it("reads NDJSON", () => {
    assert.deepEqual(titlesOf('{"itemId":"x","title":"A"}\n\n{"title":"B","itemId":7}\n'), {
      x: "A",
      "7": "B",
    });
  });

  it("passes over rows without an id or a title, with their numbers", () => {
    const { items, skippedCount, skippedRows } = readItems(bytesOf("id,title\nx,A\n,B\ny,\nz\nw,C\n"));
    assert.deepEqual(items.map(({ itemId }) => itemId), ["x", "w"]);
    assert.deepEqual([skippedCount, skippedRows], [3, [3, 4, 5]]);
  });

  it("takes an empty file for no titles, and refuses what holds none", () => {
    assert.deepEqual(readItems(bytesOf("\n")).items, []);
    assert.throws(() => readItems(bytesOf("just words\n")), BadInput);
    assert.throws(() => readItems(bytesOf('{"a":1}\n')), BadInput);
  });
});
