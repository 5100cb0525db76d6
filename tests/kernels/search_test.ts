import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { ItemIndex } from "../../src/kernels/item_index.ts";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { allocateSearches, SEARCH_BYTES, SEARCH_LEVELS, SEARCH_MARKS } from "../../src/kernels/search.ts";

const { module } = await loadKernel("portable");

describe("allocateSearches", () => {
  it("gives each search its own levels and cleared marks, in memory that was used before too", () => {
    const kernels = instantiateKernels(module), { arena } = kernels;
    const items = new ItemIndex(kernels, { rows: new Float32Array(1000 * 16), count: 1000, stride: 16 });
    const top = arena.top, dirty = arena.allocate(16_384);
    arena.u8(dirty, 16_384).fill(255);
    arena.release(top);

    const searches = allocateSearches(arena, items, 16);
    const regions: [start: number, end: number][] = [[searches, searches + 16 * SEARCH_BYTES + 64]];
    for (let k = 0; k < 16; k++) {
      const fields = arena.u32(searches + k * SEARCH_BYTES, SEARCH_BYTES / 4);
      regions.push([fields[SEARCH_LEVELS], fields[SEARCH_LEVELS] + 2 * 16]);
      regions.push([fields[SEARCH_MARKS], fields[SEARCH_MARKS] + 125]);
      assert.ok(arena.u8(fields[SEARCH_MARKS], 125).every((byte) => byte === 0));
    }
    regions.sort((a, b) => a[0] - b[0]);
    for (let k = 1; k < regions.length; k++) assert.ok(regions[k][0] >= regions[k - 1][1]);
    assert.ok(regions[0][0] >= top && regions[regions.length - 1][1] <= arena.top);
  });
});
