import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { FunctionThread } from "../../../src/commands/generate/generate_function_thread.ts";
import { BadInput } from "../../../src/domain/failure.ts";
import { Random } from "../../../src/synthesize/random.ts";
import { lineFunction, UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

/** Long enough for a busy machine, where nothing hangs. */
const PATIENT_MS = 60_000;

function start(name: string, text: string, timeoutMs = PATIENT_MS): Promise<FunctionThread> {
  const url = pathToFileURL(files.write(name, text)).href;
  return FunctionThread.start(url, { file: name, seed: 3, timeoutMs });
}

async function refusedAt(work: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(work, (error: Error) => error instanceof BadInput && message.test(error.message));
}

describe("FunctionThread", () => {
  it("runs a function of TypeScript with each position's own generator", async () => {
    const thread = await start("line.ts", lineFunction(3));
    try {
      assert.deepEqual([thread.task, thread.concepts, thread.isRepeatable], ["regression", ["line"], true]);
      const observations = await thread.block(10, new Uint16Array(5));
      const expected = [10, 11, 12, 13, 14].map((position) => Random.at(3, position).uniform());
      assert.deepEqual(observations, expected.map((x) => ({ features: { x }, target: 3 * x })));
    } finally {
      thread.end();
    }
  });

  it("runs the concept of each position", async () => {
    const text =
      "const f = (target) => () => ({ features: { x: 1 }, target }); export default { a: f('A'), b: f('B') };";
    const thread = await start("two.js", text);
    try {
      const targets = (await thread.block(0, Uint16Array.of(0, 1, 1, 0))).map(({ target }) => target);
      assert.deepEqual(targets, ["A", "B", "B", "A"]);
    } finally {
      thread.end();
    }
  });

  it("knows a function that gives something else when asked again", async () => {
    for (
      const text of [
        "export default () => ({ features: { x: Math.random() }, target: 1 });",
        "let n = 0; export default () => ({ features: { x: n++ }, target: 1 });",
      ]
    ) {
      const thread = await start("odd.ts", text);
      assert.equal(thread.isRepeatable, false);
      thread.end();
    }
  });

  it("ends one that hangs, and says at which position", async () => {
    const hanging = `export default (random, position) => {
  while (position === 7) { /* for ever */ }
  return { features: { x: 1 }, target: 1 };
};`;
    const thread = await start("hang.js", hanging, 2000);
    await refusedAt(
      thread.block(5, new Uint16Array(10)),
      /10 observations from position 5 on took longer than 2000 ms; it was ended at position 7/,
    );
    await refusedAt(
      start("hang_load.js", "while (true) { /* for ever */ }", 1000),
      /loading the function of hang_load.js .* longer than 1000 ms/,
    );
  });

  it("says why a module cannot be loaded, or what a function gave", async () => {
    await refusedAt(
      start("syntax.ts", "export default (random => {"),
      /loading the function of syntax.ts: .*(Syntax|TypeError)/,
    );
    await refusedAt(
      start("throws.ts", "throw new Error('not today');"),
      /loading the function of throws.ts: Error: not today/,
    );
    await refusedAt(start("none.ts", "export const f = 1;"), /default export is undefined/);
    const thread = await start(
      "later.js",
      "export default (_, p) => ({ features: { x: 1 }, target: p === 3 ? NaN : 1 });",
    );
    await refusedAt(thread.block(0, new Uint16Array(5)), /later.js at position 3: it gave NaN as target/);
  });
});
