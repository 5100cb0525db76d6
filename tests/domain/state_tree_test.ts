import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { decodeState, encodeState, type StateTree } from "../../src/domain/state_tree.ts";

const TREE: StateTree = {
  nothing: null,
  flags: [true, false],
  numbers: [0, -0, NaN, Infinity, -Infinity, 5e-324, Math.PI],
  texts: ["", "é", "🎈", "\ud800", "a\u0000b"],
  bytes: Uint8Array.of(1, 2, 255),
  words: Uint32Array.of(0xffffffff, 7),
  doubles: Float64Array.of(-0, 1 / 3),
  nested: { deeper: [{ __proto__x: 1 }] },
};

describe("encodeState and decodeState", () => {
  it("keep every value and every bit of a number", () => {
    const back = decodeState(encodeState(TREE)) as Record<string, unknown>;
    assert.deepEqual(back, TREE);
    const numbers = back.numbers as number[];
    assert.ok(Object.is(numbers[1], -0) && Number.isNaN(numbers[2]));
    assert.ok(Object.is((back.doubles as Float64Array)[0], -0));
  });

  it("give the same bytes whatever the order of names", () => {
    assert.deepEqual(encodeState({ a: 1, b: [2] }), encodeState({ b: [2], a: 1 }));
    assert.notDeepEqual(encodeState({ a: 1 }), encodeState({ a: 2 }));
  });

  it("read views that do not start at the buffer's start", () => {
    const bytes = encodeState(TREE);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assert.deepEqual(decodeState(shifted.subarray(3)), TREE);
  });

  it("grow with what is written", () => {
    const large = { values: Float64Array.from({ length: 10_000 }, (_, i) => i), text: "x".repeat(5000) };
    assert.deepEqual(decodeState(encodeState(large)), large);
  });

  it("refuse bytes that are cut short, go on too long, or are of another kind", () => {
    const bytes = encodeState(TREE);
    for (let end = 0; end < bytes.length; end += 7) {
      assert.throws(() => decodeState(bytes.subarray(0, end)), RangeError);
    }
    assert.throws(() => decodeState(new Uint8Array([...bytes, 0])), /left over/);
    assert.throws(() => decodeState(Uint8Array.of(9, 0)), /format 9/);
    assert.throws(() => decodeState(Uint8Array.of(1, 77)), /kind 77/);
  });
});
