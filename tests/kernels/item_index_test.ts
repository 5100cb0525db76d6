import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { ItemIndex } from "../../src/kernels/item_index.ts";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { Random } from "../../src/synthesize/random.ts";
import { powerLawRows } from "./planted_rows.ts";

const { module } = await loadKernel("portable");

/** What the kernels are handed: the fields of core-wasm/assembly/item_index.ts. */
function plantedIndex(count: number, stride: number) {
  const kernels = instantiateKernels(module), { arena } = kernels;
  const rows = powerLawRows(Random.seeded(1), count, stride);
  const items = new ItemIndex(kernels, { rows, count, stride });
  const [rowsAt, rowBytes, storedCount, orderAt, levelsAt, blocksAt] = arena.u32(items.address, 6);
  return { arena, rows, items, rowsAt, rowBytes, storedCount, orderAt, levelsAt, blocksAt };
}

const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

describe("ItemIndex", () => {
  it("holds the rows in order of falling norm and knows where each is", () => {
    const { arena, rows, items, rowsAt, rowBytes, storedCount, orderAt } = plantedIndex(700, 24);
    assert.deepEqual([rowBytes, storedCount], [96, 700]);
    const order = arena.u32(orderAt, 700);
    assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: 700 }, (_, item) => item));
    let last = Infinity;
    order.forEach((item, position) => {
      assert.equal(items.rowAddress(item), rowsAt + position * rowBytes);
      const row = arena.f32(items.rowAddress(item), 24);
      assert.deepEqual([...row], [...rows.subarray(item * 24, (item + 1) * 24)]);
      assert.ok(norm(row) <= last);
      last = norm(row);
    });
  });

  it("bounds the norms and the rounding of each block of 256", () => {
    const { arena, rowsAt, levelsAt, blocksAt } = plantedIndex(700, 24);
    const stored = arena.f32(rowsAt, 700 * 24), levels = new Int8Array(arena.u8(levelsAt, 704 * 24));
    for (let block = 0; block < 3; block++) {
      const [scale, inverseScale, error, , greatest] = arena.f64(blocksAt + block * 96, 5);
      assert.ok(Math.abs(scale * inverseScale - 1) < 1e-15);
      for (let position = block * 256; position < Math.min(700, (block + 1) * 256); position++) {
        const row = stored.subarray(position * 24, (position + 1) * 24);
        // Groups of 8 items; in a group 4 columns of each item after the other.
        const group = (position >> 3) * 8 * 24 + (position & 7) * 4;
        const rounded = Array.from(row, (_, j) => scale * levels[group + (j >> 2) * 32 + (j & 3)]);
        assert.ok(norm(row) <= greatest);
        assert.ok(norm(rounded.map((x, j) => x - row[j])) <= error);
        assert.ok(rounded.every((x, j) => Math.abs(x - row[j]) <= scale * 0.5000001));
      }
    }
  });
});
