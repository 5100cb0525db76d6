import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { reportFailure } from "../../src/commands/report_failure.ts";
import { BadInput, LeaseLost, NumericFailure, OutsideFailure } from "../../src/domain/failure.ts";

function captured(error: unknown): { code: number; text: string } {
  const original = console.error, lines: unknown[] = [];
  console.error = (...parts: unknown[]) => lines.push(...parts);
  try {
    return { code: reportFailure("train", error), text: lines.map(String).join("\n") };
  } finally {
    console.error = original;
  }
}

describe("reportFailure", () => {
  it("gives 2 for bad input and 1 for what failed, without a stack", () => {
    assert.deepEqual(captured(new BadInput("no such file")), { code: 2, text: "foz train: no such file" });
    assert.deepEqual(captured(new NumericFailure("not finite")), { code: 1, text: "foz train: not finite" });
    assert.deepEqual(captured(new LeaseLost("taken over")), { code: 1, text: "foz train: taken over" });
  });

  it("names the cause of an outside failure", () => {
    const error = new OutsideFailure("writing x failed", { cause: new Error("disk full") });
    assert.deepEqual(captured(error), { code: 1, text: "foz train: writing x failed\n  because: disk full" });
  });

  it("shows the stack of an error of ours", () => {
    const { code, text } = captured(new TypeError("x is undefined"));
    assert.equal(code, 1);
    assert.match(text, /an error of the program itself[\s\S]*TypeError: x is undefined/);
  });
});
