import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import { NeighbourWindow } from "../../src/kernels/online_neighbours.ts";
import { Random } from "../../src/synthesize/random.ts";
import { kernelModule } from "../online/make_model.ts";

function windowOf(capacity: number, most: number): NeighbourWindow {
  return new NeighbourWindow(instantiateKernels(kernelModule), capacity, most);
}

/** Features with a value, by slot. */
function vectorOf(values: readonly (number | undefined)[]) {
  const slots = values.flatMap((value, slot) => value === undefined ? [] : [slot]);
  return {
    slots: Uint32Array.from(slots),
    values: Float64Array.from(slots, (slot) => values[slot]!),
    count: slots.length,
  };
}

describe("NeighbourWindow", () => {
  it("finds the nearest of the newest, as sorting all distances does", () => {
    const random = Random.seeded(1), window = windowOf(20, 5);
    const rows: { place: number; values: number[] }[] = [];
    for (let round = 0; round < 60; round++) {
      // Slots come one after the other; coarse values make ties.
      const width = 1 + Math.min(6, Math.floor(round / 8));
      const values = Array.from({ length: width }, () => random.below(4) - 1);
      window.reserve(width);
      const found = window.nearest(vectorOf(values), 5);
      const sorted = rows.slice(-20).map((row) => ({
        place: row.place,
        distance: Math.sqrt(
          values.reduce((sum, value, slot) => sum + (value - (row.values[slot] ?? 0)) ** 2, 0),
        ),
      })).sort((a, b) => a.distance - b.distance).slice(0, 5);
      assert.deepEqual([...found.places], sorted.map(({ place }) => place), `round ${round}`);
      sorted.forEach(({ distance }, k) => assert.ok(Math.abs(found.distances[k] - distance) < 1e-12));
      rows.push({ place: window.add(vectorOf(values)), values });
    }
    assert.equal(window.count, 20);
  });

  it("takes a feature that is not there for 0", () => {
    const window = windowOf(4, 2);
    window.reserve(3);
    window.add(vectorOf([undefined, 3, undefined]));
    window.add(vectorOf([1, undefined, undefined]));
    const { count, distances } = window.nearest(vectorOf([1, undefined, 2]), 2);
    assert.equal(count, 2);
    assert.deepEqual([...distances], [2, Math.sqrt(14)]);
  });

  it("gives none before the first", () => {
    assert.equal(windowOf(4, 2).nearest(vectorOf([1]), 2).count, 0);
  });

  it("goes on from a saved state", () => {
    const first = windowOf(3, 2), second = windowOf(3, 2);
    first.reserve(2);
    for (const value of [1, 2, 3, 4]) first.add(vectorOf([value, -value]));
    second.load(first.save(2));
    for (const window of [first, second]) window.reserve(9), window.add(vectorOf([5, 5]));
    assert.deepEqual(second.save(2), first.save(2));
    assert.deepEqual([...second.nearest(vectorOf([4, -4]), 2).distances], [0, Math.SQRT2]);
  });
});
