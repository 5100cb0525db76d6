import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { isGenerated, type LinesOptions, openLines } from "../../../src/commands/online/observation_lines.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import { lineFunction, UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

async function linesOf(
  stream: string,
  more: Partial<LinesOptions> = {},
): Promise<{ line: number; observation?: Observation }[]> {
  const format = { target: "target" }, signal = new AbortController().signal;
  const opened = await openLines({ stream, seed: 1, format, signal, warn: assert.fail, ...more });
  try {
    return (await Array.fromAsync(opened.lines)).flat();
  } finally {
    opened.close();
  }
}

describe("openLines", () => {
  it("gives a synthetic stream, numbered from its position, and after a line again the same", async () => {
    const whole = await linesOf("sea(count=2500, position=10)");
    assert.deepEqual([whole.length, whole[0].line, whole.at(-1)!.line], [2500, 11, 2510]);
    assert.deepEqual(await linesOf("sea(count=2500, position=10)", { afterLine: 1234 }), whole.slice(1224));
    assert.deepEqual(await linesOf("sea(count=2500, position=10)", { afterLine: 2510 }), []);
  });

  it("gives a user's function", async () => {
    const file = files.write("line.ts", lineFunction(2));
    const opened = await openLines({
      stream: file,
      seed: 1,
      format: { target: "y" },
      signal: new AbortController().signal,
      warn: assert.fail,
    });
    assert.deepEqual([opened.task, opened.seed], ["regression", 1]);
    for await (const [{ line, refusal, ...rest }] of opened.lines) {
      const { features: { x }, target } = (rest as { observation: Observation }).observation;
      assert.deepEqual([line, refusal, target], [1, undefined, 2 * (x as number)]);
      break;
    }
    opened.close();
  });

  it("gives a file", async () => {
    const file = files.write("some.csv", "a,target\n1,2\n3,4\n");
    assert.deepEqual((await linesOf(file)).map(({ observation }) => observation!.target), [2, 4]);
  });
});

describe("isGenerated", () => {
  it("tells what is made from what is read", () => {
    assert.deepEqual(["sea", "sea(seed=2)", "./f.ts", "sea.csv", "-", "topic:sea"].map(isGenerated), [
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
