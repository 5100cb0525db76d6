import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { jsonLines, prefixedLines } from "../../../src/commands/run/run_output.ts";

function printedBy(isColored: boolean): string[] {
  const printed: string[] = [];
  const output = prefixedLines(["a", "long"], isColored, (text) => void printed.push(text));
  output.line("a", "one");
  output.line("long", "");
  output.note("a", "ended");
  return printed;
}

describe("prefixedLines", () => {
  it("puts names into a column", () => {
    assert.deepEqual(printedBy(false), ["a    | one", "long | ", "a    | (ended)"]);
  });

  it("gives each name a color of its own, and resets it", () => {
    const colored = printedBy(true);
    // deno-lint-ignore no-control-regex
    assert.deepEqual(colored.map((line) => line.replaceAll(/\x1b\[\d*m/g, "")), printedBy(false));
    const [first, second] = colored.map((line) => line.slice(0, 5));
    assert.ok(first !== second && first.startsWith("\x1b["));
    assert.ok(colored.every((line) => line.includes("\x1b[0m")));
  });
});

describe("jsonLines", () => {
  it("gives a record for each line", () => {
    const printed: string[] = [], output = jsonLines((text) => void printed.push(text));
    output.line("a", 'say "x"');
    output.note("a", "ended");
    assert.deepEqual(printed.map((line) => JSON.parse(line)), [{ name: "a", line: 'say "x"' }, {
      name: "a",
      note: "ended",
    }]);
  });
});
