import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { read, row } from "./reading.ts";

const LIMIT = 1 << 20;

describe("RecordFeed", () => {
  it("gives the same rows and line numbers wherever the chunks are cut", async () => {
    const text = 'user,item,rating\na,"x,\n1",5\r\nb,y,bad\n"c""",z,3\n\nd,w,4';
    const whole = await read(text);
    assert.deepEqual(whole.rows, [row('c"', "z", 3), row("d", "w", 4)]);
    for (let size = 1; size <= text.length; size++) {
      const { rows, rejects, eventIds } = await read(text, {}, size);
      assert.deepEqual({ rows, rejects, eventIds }, {
        rows: whole.rows,
        rejects: whole.rejects,
        eventIds: whole.eventIds,
      });
    }
  });

  it("refuses a line beyond 1 MiB once, and goes on behind it with the right line number", async () => {
    for (const length of [LIMIT + 1, 3 * LIMIT]) {
      for (const chunkBytes of [50_000, 4 * LIMIT]) {
        const text = `a,x,1\n${"y".repeat(length)}\nb,x,bad\nc,x,3\n`;
        const { rows, rejects } = await read(text, {}, chunkBytes);
        assert.deepEqual(rows, [row("a", "x", 1), row("c", "x", 3)]);
        assert.deepEqual(rejects.map(({ line, reason }) => [line, reason]), [[2, "lineTooLong"], [
          3,
          "notANumber",
        ]]);
      }
    }
  });

  it("hands on every byte of a line that is too long", async () => {
    const long = Array.from({ length: 200_000 }, (_, i) => `${i},`).join("");
    let kept = "";
    const onReject = ({ bytes }: { bytes: Uint8Array }) => {
      kept += new TextDecoder().decode(bytes);
      return false;
    };
    for (const end of ["\n", "\nc,x,3\n", ""]) {
      kept = "";
      await read(`a,x,1\n${long}${end}`, { onReject }, 30_000);
      assert.ok(kept === `${long}\n` || (end === "" && kept === long));
    }
  });

  it("looks for the end of a quote within the longest record only, whatever the chunks are", async () => {
    const filler = "b,y,2\n".repeat(LIMIT / 6 + 5000);
    for (const chunkBytes of [50_000, 1 << 17, 4 * LIMIT]) {
      const { rows, rejects } = await read(`a,x,1\n"c,z,3\n${filler}d",w,4\n`, {}, chunkBytes);
      assert.deepEqual(rejects.map(({ line, reason }) => [line, reason]), [[2, "badQuotes"]]);
      assert.deepEqual(rows.at(-1), row('d"', "w", 4));
    }
  });

  it("does not hold the rest of the file for a quote that never ends", async () => {
    const filler = "b,y,2\n".repeat(600_000);
    const { rows, rejects } = await read(`a,x,1\n"c,z,3\n${filler}`, {}, 1 << 17);
    assert.deepEqual(rejects.map(({ line, reason }) => [line, reason]), [[2, "badQuotes"]]);
    assert.equal(rows.length, 600_001);
  });
});
