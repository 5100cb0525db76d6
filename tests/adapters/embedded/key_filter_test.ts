import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { hash128 } from "../../../src/domain/event_key.ts";
import { KeyFilter } from "../../../src/adapters/embedded/key_filter.ts";

/** Hash words of the numbers from `start` on. */
function words(start: number, count: number): [Uint32Array, Uint32Array] {
  const first = new Uint32Array(count), second = new Uint32Array(count), key = new Uint32Array(4);
  for (let i = 0; i < count; i++) {
    hash128(new Uint8Array(Uint32Array.of(start + i).buffer), 0, 4, key, 0);
    first[i] = key[0], second[i] = key[1];
  }
  return [first, second];
}

describe("KeyFilter", () => {
  for (const count of [0, 1, 2, 3, 1000, 5000]) {
    it(`never denies one of its ${count} keys`, () => {
      const [first, second] = words(0, count), filter = KeyFilter.of(first, second);
      for (let i = 0; i < count; i++) assert.ok(filter.mayHold(first[i], second[i]));
    });
  }

  it("denies most others", () => {
    // At its fullest: two keys a word. Four bits of 32 each: the chance of a wrong yes is about 1 %.
    const filter = KeyFilter.of(...words(0, 8192)), [first, second] = words(1_000_000, 10_000);
    assert.equal(filter.words.length, 4096);
    const wrong = first.filter((word, i) => filter.mayHold(word, second[i])).length;
    assert.ok(wrong < 200, `${wrong} of 10,000 absent keys were taken for present`);
  });

  it("says the same when it is made from its words", () => {
    const [first, second] = words(0, 100), filter = KeyFilter.of(first, second);
    const again = new KeyFilter(filter.words.slice());
    const [others, more] = words(500, 500);
    others.forEach((word, i) => assert.equal(again.mayHold(word, more[i]), filter.mayHold(word, more[i])));
  });
});
