import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { AlsMemory, type SideMemory } from "../../src/kernels/als_memory.ts";
import { Arena } from "../../src/kernels/arena.ts";
import { parametersOf } from "./planted_fit.ts";

const newArena = () => new Arena(new WebAssembly.Memory({ initial: 1, maximum: 65_536 }), 1024);
const SIZE = {
  parameters: parametersOf("explicit", 10),
  userCount: 30,
  itemCount: 20,
  interactionCount: 100,
};

describe("AlsMemory", () => {
  it("gives every region of both sides a place of its own", () => {
    const memory = new AlsMemory(newArena(), SIZE, 2), { users, items } = memory;
    const bytesOf = (side: SideMemory): [number, number][] => [
      [side.indptr, (side.rowCount + 1) * 4],
      [side.indices, 400],
      [side.values, 400],
      [side.factors, side.rowCount * memory.stride * 4],
      [side.order, side.rowCount * 4],
      [side.regularization, side.rowCount * 4],
      [side.units, (side.rowCount + 1) * 4],
      [side.weights, side.rowCount * 4],
    ];
    const losses: [number, number] = [memory.losses, 30 * 8];
    const regions = [...bytesOf(users), ...bytesOf(items), losses].sort((a, b) => a[0] - b[0]);
    for (let k = 0; k + 1 < regions.length; k++) {
      assert.ok(regions[k][0] + regions[k][1] <= regions[k + 1][0]);
    }
    assert.equal(memory.stride, 16);
    assert.ok(memory.scratchOf(1) - memory.scratchOf(0) >= 64 + 5 * 64 + 3 * 4 * 30);
  });

  it("shows a side's ratings and factors as views", () => {
    const memory = new AlsMemory(newArena(), SIZE, 1);
    memory.matrixOf(memory.users).values.fill(4);
    assert.ok(memory.matrixOf(memory.users).values.every((value) => value === 4));
    const { rowCount, columnCount, indptr } = memory.matrixOf(memory.items);
    assert.deepEqual([rowCount, columnCount, indptr.length], [20, 30, 21]);
    assert.equal(memory.factorsOf(memory.items).length, 20 * 16);
  });

  it("sums the losses of so many units", () => {
    const arena = newArena(), memory = new AlsMemory(arena, SIZE, 1);
    arena.f64(memory.losses, 4).set([1, 2, 4, 8]);
    assert.deepEqual([memory.sumOfLosses(4), memory.sumOfLosses(3)], [15, 7]);
  });

  it("holds 200 million ratings of 138,000 users and 27,000 items, and refuses 300 million", () => {
    const shape = { parameters: parametersOf("implicit", 64), userCount: 138_000, itemCount: 27_000 };
    // An arena whose memory has all of its 4 GiB: nothing is touched before it is filled.
    const whole = { buffer: { byteLength: 2 ** 32 } } as WebAssembly.Memory;
    const allocate = (interactionCount: number) =>
      new AlsMemory(new Arena(whole, 0), { ...shape, interactionCount }, 2);
    assert.doesNotThrow(() => allocate(2e8));
    assert.throws(() => allocate(3e8), BadInput);
  });
});
