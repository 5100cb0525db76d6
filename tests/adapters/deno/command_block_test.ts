import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { CommandBlock, kernelNames } from "../../../src/adapters/deno/command_block.ts";
import { loadKernel } from "../../../src/commands/kernel_builds.ts";

describe("CommandBlock", () => {
  it("carries calls, results and errors between two ends of one buffer", async () => {
    const pool = new CommandBlock(), worker = new CommandBlock(pool.buffer), calls: number[][] = [];
    const sum = (...args: number[]) => {
      calls.push(args);
      pool.postClose();
      return args.reduce((a, b) => a + b, 0);
    };
    pool.post(1, [2 ** 31, 0.5, -3]);
    // The kernel itself posts the close, so that serving ends on this one thread.
    worker.serve([() => assert.fail("kernel 0 was not called"), sum]);
    assert.deepEqual(calls, [[2 ** 31, 0.5, -3]]);
    assert.equal(await pool.answer(), 2 ** 31 - 2.5);
  });

  it("tells what a kernel threw, cut to what fits", async () => {
    const pool = new CommandBlock(), worker = new CommandBlock(pool.buffer);
    const fail = () => {
      pool.postClose();
      throw new Error("x".repeat(5000));
    };
    pool.post(0, []);
    worker.serve([fail]);
    await assert.rejects(pool.answer(), (error: Error) => /^Error: x{100,2100}$/.test(error.message));
  });

  it("refuses more arguments than it has room for", () => {
    assert.throws(() => new CommandBlock().post(0, new Array(32).fill(0)), /32 arguments, at most 31/);
  });
});

describe("kernelNames", () => {
  it("lists exported functions in the module's order", async () => {
    const { module } = await loadKernel("portable"), names = kernelNames(module);
    assert.ok(names.includes("moveRows") && !names.includes("memory"));
    assert.equal(new Set(names).size, names.length);
  });
});
