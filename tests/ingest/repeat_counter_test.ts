import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RepeatCounter } from "../../src/ingest/repeat_counter.ts";

/** Pairs of words from a small world, so that many come again. */
function pairs(count: number, world: number): [number, number][] {
  let state = 99;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  const known = Array.from({ length: world }, () => [next(), next()] as [number, number]);
  return Array.from({ length: count }, () => known[next() % world]);
}

function plainCounts(words: readonly [number, number][]): number[] {
  const counts = new Map<string, number>();
  return words.map((pair) => {
    const before = counts.get(pair.join()) ?? 0;
    counts.set(pair.join(), before + 1);
    return before;
  });
}

describe("RepeatCounter", () => {
  it("counts as a Map does, while the table grows", () => {
    const words = pairs(60_000, 20_000), counter = new RepeatCounter({ firstPlaces: 16 });
    assert.deepEqual(words.map(([high, low]) => counter.next(high, low)), plainCounts(words));
  });

  it("tells pairs apart that share a word, also zero ones and those beyond 2^31", () => {
    const counter = new RepeatCounter();
    const words: [number, number][] = [[0, 2], [2, 0], [0, 0xffffffff], [-1, -1], [0xffffffff, 0xffffffff], [
      0,
      0,
    ], [0, 0]];
    assert.deepEqual(words.map(([high, low]) => counter.next(high, low)), [0, 0, 0, 0, 1, 0, 1]);
  });

  it("when its table is full, still gives equal rows different numbers, the same ones each time", () => {
    const words = pairs(5000, 1000);
    const count = () => {
      const counter = new RepeatCounter({ firstPlaces: 16, maxPlaces: 256 });
      return words.map(([high, low]) => counter.next(high, low));
    };
    const numbers = count();
    const distinct = new Set(words.map((pair, i) => `${pair.join()} ${numbers[i]}`));
    assert.equal(distinct.size, words.length);
    assert.deepEqual(count(), numbers);
    assert.notDeepEqual(numbers, plainCounts(words), "the table was to be full");
  });
});
