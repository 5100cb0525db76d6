import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { sortedOrder } from "../../../src/adapters/embedded/sorted_order.ts";

describe("sortedOrder", () => {
  it("orders keys as unsigned numbers", () => {
    assert.deepEqual([...sortedOrder(Uint32Array.of(5, 4294967295, 0, 2147483648, 2048))], [2, 0, 4, 3, 1]);
  });

  it("leaves equal keys in their order", () => {
    assert.deepEqual([...sortedOrder(Uint32Array.of(7, 3, 7, 3, 7))], [1, 3, 0, 2, 4]);
    assert.deepEqual([...sortedOrder(Uint32Array.of(9, 9, 9))], [0, 1, 2]);
  });

  it("takes no keys", () => assert.equal(sortedOrder(new Uint32Array()).length, 0));

  it("agrees with Array.prototype.sort, which is stable", () => {
    // Digits of all three passes vary; few values, so that many are equal.
    const keys = Uint32Array.from({ length: 3000 }, (_, i) => Math.imul(i % 700, 2654435761));
    const expected = Array.from(keys, (_, i) => i).sort((one, other) => keys[one] - keys[other]);
    assert.deepEqual([...sortedOrder(keys)], expected);
  });
});
