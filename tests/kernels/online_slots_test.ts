import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { SlotColumns, VectorInput } from "../../src/kernels/online_slots.ts";
import { kernelModule } from "../online/make_model.ts";

describe("SlotColumns", () => {
  it("keeps its numbers when it grows; new places are 0", () => {
    const columns = new SlotColumns(instantiateKernels(kernelModule), 2);
    assert.equal(columns.reserve(3), true);
    columns.view(0, 3).set([1, 2, 3]);
    columns.view(1, 3).set([4, 5, 6]);
    assert.equal(columns.reserve(3), false);
    assert.equal(columns.reserve(10_000), true);
    assert.deepEqual([...columns.view(0, 4)], [1, 2, 3, 0]);
    assert.deepEqual([...columns.view(1, 4)], [4, 5, 6, 0]);
    assert.deepEqual([...columns.save(2)], [1, 2, 4, 5]);
  });

  it("starts from 0 where the arena's memory was used before", () => {
    const kernels = instantiateKernels(kernelModule);
    const top = kernels.arena.top;
    kernels.arena.f64(kernels.arena.allocate(1024), 128).fill(7);
    kernels.arena.release(top);
    const columns = new SlotColumns(kernels, 1);
    columns.reserve(16);
    assert.deepEqual([...columns.view(0, 16)], new Array(16).fill(0));
  });

  it("doubles, so that growth leaves less behind than it takes", () => {
    const kernels = instantiateKernels(kernelModule);
    const columns = new SlotColumns(kernels, 1), top = kernels.arena.top;
    for (let slots = 1; slots <= 4096; slots++) columns.reserve(slots);
    assert.ok(kernels.arena.top - top <= 2 * 4096 * 8 + 64, `${kernels.arena.top - top} bytes taken`);
  });
});

describe("VectorInput", () => {
  it("writes and reads after memory growth has detached its views", () => {
    const kernels = instantiateKernels(kernelModule);
    const input = new VectorInput(kernels);
    const x = { slots: Uint32Array.of(3, 1), values: Float64Array.of(0.5, -2), count: 2 };
    input.write(x);
    kernels.arena.allocate(1 << 20);
    assert.deepEqual([...kernels.arena.f64(input.valuesAddress, 2)], [0.5, -2]);
    input.write({ ...x, values: Float64Array.of(8, 9) });
    const out = new Float64Array(2);
    input.read(out, 2);
    assert.deepEqual([...out], [8, 9]);
    assert.deepEqual([...kernels.arena.u32(input.slotsAddress, 2)], [3, 1]);
  });
});
