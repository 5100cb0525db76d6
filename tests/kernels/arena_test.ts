import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { Arena, inGib } from "../../src/kernels/arena.ts";

const MIB = 2 ** 20;
const newArena = (heapBase = 100) =>
  new Arena(new WebAssembly.Memory({ initial: 1, maximum: 65_536 }), heapBase);

describe("Arena", () => {
  it("gives aligned regions that do not overlap, from the heap base upwards", () => {
    const arena = newArena(128);
    const first = arena.allocate(1), second = arena.allocate(65), third = arena.allocate(64);
    assert.deepEqual([first, second, third, arena.top], [128, 192, 320, 384]);
  });

  it("grows the memory and keeps what was written", () => {
    const arena = newArena(128), at = arena.allocate(8);
    arena.f64(at, 1)[0] = 1.5;
    const big = arena.allocate(3 * MIB);
    arena.u8(big, 3 * MIB).fill(7);
    assert.equal(arena.f64(at, 1)[0], 1.5);
    assert.ok(arena.memory.buffer.byteLength >= big + 3 * MIB);
  });

  it("gives released memory again, and refuses to release what was not allocated", () => {
    const arena = newArena(128), top = arena.top, at = arena.allocate(1000);
    arena.release(top);
    assert.equal(arena.allocate(10), at);
    assert.throws(() => arena.release(10 * MIB), RangeError);
  });

  it("refuses what passes 4 GiB, says for what, and changes nothing", () => {
    const arena = newArena(128), bytes = arena.memory.buffer.byteLength;
    const attempt = () => arena.reserve(5 * 2 ** 30, "7 ratings at 3 factors");
    assert.throws(attempt, (error: Error) => {
      assert.ok(error instanceof BadInput);
      assert.equal(error.message, "7 ratings at 3 factors: 5.0 GiB of kernel memory needed, limit 4.0 GiB");
      return true;
    });
    assert.deepEqual([arena.top, arena.memory.buffer.byteLength], [128, bytes]);
  });

  it("works above 2 GiB", () => {
    const arena = newArena(2 ** 31 + 64), at = arena.allocate(16);
    assert.equal(at, 2 ** 31 + 64);
    arena.f32(at, 2).set([1, 2]);
    assert.deepEqual([...arena.f32(at, 2)], [1, 2]);
  });

  it("takes a heap base that came back negative for what it is", () => {
    assert.equal(newArena(-128).top, 2 ** 32 - 128);
  });
});

describe("inGib", () => {
  it("shows small amounts too", () => {
    assert.deepEqual([inGib(2 ** 32), inGib(2 ** 20)], ["4.0 GiB", "0.001 GiB"]);
  });
});
