import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import { bytesOf, read, row } from "./reading.ts";

async function outcome(content: string | Uint8Array, options = {}, chunkBytes?: number) {
  const { rows, rejects } = await read(content, options, chunkBytes);
  return { rows, rejects: rejects.map(({ line, reason }) => `${line} ${reason}`) };
}

describe("DelimitedScanner", () => {
  it("reads MovieLens' three forms", async () => {
    const expected = [row("196", "242", 3, 881250949000), row("186", "302", 3.5, 891717742000)];
    assert.deepEqual((await read("196\t242\t3\t881250949\n186\t302\t3.5\t891717742\n")).rows, expected);
    assert.deepEqual((await read("196::242::3::881250949\n186::302::3.5::891717742\n")).rows, expected);
    const csv = "userId,movieId,rating,timestamp\n196,242,3.0,881250949\n186,302,3.5,891717742\n";
    assert.deepEqual((await read(csv)).rows, expected);
  });

  it("takes CRLF, blank lines, spaces around fields and a missing last line end for no more than that", async () => {
    const { rows, rejects } = await outcome("\r\n a , x ,1\r\n\r\n   \r\nb,y y, 2 \r\n\nc,z,3");
    assert.deepEqual(rows, [row("a", "x", 1), row("b", "y y", 2), row("c", "z", 3)]);
    assert.deepEqual(rejects, []);
  });

  it("takes single colons for part of a field where two separate", async () => {
    const { rows } = await outcome("a:b::c:::4::0\nx::y:z::5::0\n:a::b::1::0\n");
    assert.deepEqual(rows, [row("x", "y:z", 5), row(":a", "b", 1)]);
  });

  it("leaves spaces inside quotes, quotes for two quotes, and delimiters and line ends in quotes", async () => {
    const text =
      'user,item,rating,note\n" a ","say ""hi""",1,"x,\n""y"""\n"b,b" ,  "c\nd",2,""\n"""","e",3,\n';
    const { rows, rejects } = await outcome(text);
    assert.deepEqual(rows, [row(" a ", 'say "hi"', 1), row('"', "e", 3)]);
    // A line end is a control character, and those are in no id.
    assert.deepEqual(rejects, ["4 badId"]);
  });

  it("agrees with the CSV library on random files, whatever the chunks are", async () => {
    let state = 4711;
    const next = (count: number) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % 1000 % count;
    const parts = ["a", "7", ",", '"', " ", "é", "\n", "\r\n", "👍", ""];
    for (let file = 0; file < 60; file++) {
      let text = "note,item,user,rating\n";
      for (let line = 0; line < 20; line++) {
        const fields = Array.from({ length: 4 }, (_, place) => {
          if (place === 3) return String(next(50) / 10);
          const content = Array.from({ length: next(5) }, () => parts[next(parts.length)]).join("") + "q";
          return /[",\r\n]|^ | $/.test(content) ? `"${content.replaceAll('"', '""')}"` : content;
        });
        text += fields.join(",") + (next(2) ? "\n" : "\r\n");
      }
      const expected = (parse(text, { from_line: 2, record_delimiter: ["\r\n", "\n"] }) as string[][])
        .filter((fields) => !/[\r\n]/.test(fields[1] + fields[2]))
        .map((fields) => row(fields[2], fields[1], Number(fields[3])));
      const { rows } = await outcome(text, {}, 1 + next(200));
      assert.deepEqual(rows, expected, text);
    }
  });

  it("lets quotes that do not pair up spoil their own line only", async () => {
    const text = 'user,item,rating\n"a,x,1\nb,y,2\n"c"d,z,3\ne,"w,4\nf,v,5\n';
    const { rows, rejects } = await outcome(text);
    assert.deepEqual(rows, [row("b", "y", 2), row("f", "v", 5)]);
    assert.deepEqual(rejects, ["2 badQuotes", "4 badQuotes", "5 badQuotes"]);
  });

  it("says what is wrong with a row, and gives its bytes", async () => {
    const lines = [
      "u,i,5,100",
      "u,i,5",
      ",i,5,100",
      "u,,5,100",
      `${"u".repeat(257)},i,5,100`,
      "u\x01,i,5,100",
      "u,i,,100",
      "u,i,five,100",
      "u,i,NaN,100",
      "u,i,1e999,100",
      "u,i,6,100",
      "u,i,5,-1",
      "u,i,5,soon",
      "u,i,5,",
    ];
    const rules = { minValue: 0, maxValue: 5, timeUnit: "seconds" as const };
    const { rows, rejects } = await read(lines.join("\n"), { rules });
    assert.deepEqual(rows, [row("u", "i", 5, 100_000), row("u", "i", 5, 0)]);
    const reasons = [
      "missingField",
      "emptyId",
      "emptyId",
      "idTooLong",
      "badId",
      "missingField",
      "notANumber",
    ];
    const more = ["notFinite", "notFinite", "outOfRange", "badTime", "badTime"];
    assert.deepEqual(rejects.map(({ reason }) => reason), [...reasons, ...more]);
    assert.deepEqual(
      rejects.map(({ line, text }) => [line, text]),
      lines.slice(1, 13).map((text, i) => [i + 2, `${text}\n`]),
    );
  });

  it("refuses bytes that are not UTF-8, and only where an id holds them", async () => {
    const bytes = bytesOf("u,i1,5,0,note\nu,i2,5,0,note\nu,i3,5,0,n\u00e9te\n");
    bytes[3] = 0xff;
    bytes[24] = 0xff;
    const { rows, rejects } = await outcome(bytes);
    assert.deepEqual(rows.map(({ itemId }) => itemId), ["i2", "i3"]);
    assert.deepEqual(rejects, ["1 badUtf8"]);
  });

  it("counts lines of the file, not records", async () => {
    const { rejects } = await outcome('user,item,rating,note\na,x,1,"two\nlines"\n\nb,y,bad,\n', {}, 7);
    assert.deepEqual(rejects, ["5 notANumber"]);
  });

  it("gives the header's bytes, and none where there is none", async () => {
    const headers: string[] = [];
    const onHeader = (bytes: Uint8Array) => void headers.push(new TextDecoder().decode(bytes));
    await read("user,item\r\na,b\n", { onHeader });
    await read("1,2,3\n", { onHeader });
    assert.deepEqual(headers, ["user,item\r\n"]);
  });

  it("takes a space for a delimiter when it is told to", async () => {
    const { rows } = await outcome("196 242 3 881250949\n186 302 2 891717742\n", {
      wish: { delimiter: "space" },
    });
    assert.deepEqual(rows, [row("196", "242", 3, 881250949000), row("186", "302", 2, 891717742000)]);
  });
});
