import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { BenchSettings } from "./context.ts";
import { measureOurs, measurePairs } from "./online.ts";
import { WORKS } from "./online/works.ts";
import { isPrepared } from "./peers/environment.ts";

const TINY: BenchSettings = { tiny: true, threads: 1, dataFolder: "no/such/folder" };
const skip = await isPrepared("river") ? false : "River's Python environment has not been made here";

describe("deno task bench:online", () => {
  it("runs every work with tiny input", async () => {
    const figures = await measureOurs(TINY);
    assert.deepEqual(figures.map(({ work }) => work), WORKS.map(({ work }) => work));
    for (const { work, value, note } of figures) {
      assert.ok(value.median > 0, work);
      assert.match(note!, /^MAE \d/);
    }
  });

  it("has the same error by typed arrays and by lines", async () => {
    const notes = (await measureOurs(TINY, ["linear", "linear-lines"])).map(({ note }) => note);
    assert.equal(notes[0], notes[1]);
  });

  it("runs every work beside River with tiny input", { skip }, async () => {
    const rows = await measurePairs(TINY);
    assert.equal(rows.length, WORKS.length);
    for (const { work, theirs, note } of rows) {
      assert.ok(theirs.median > 0, work);
      if (!work.includes("linear")) continue;
      const [, ours, river] = /MAE ([\d.]+); River ([\d.]+)/.exec(note!)!;
      assert.equal(ours, river, work);
    }
  });
});
