import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { withoutUser } from "../../src/domain/forget_user.ts";
import { plantedContent } from "../contracts/planted_content.ts";

describe("withoutUser", () => {
  it("empties one user's row, seen items and id, and nothing else", () => {
    const content = plantedContent("g000001", 1), forgotten = withoutUser(content, 3);
    // Users 0..4 have seen [0, 2], [1], [], [0, 1, 3], [2].
    assert.deepEqual(forgotten.seen, {
      indptr: Uint32Array.of(0, 2, 3, 3, 3, 4),
      indices: Uint32Array.of(0, 2, 1, 2),
    });
    assert.deepEqual(forgotten.userIds, ["u1", "ü", "😀", "", "\0"]);
    const factors = plantedContent("g000001", 1).model.userFactors.fill(0, 24, 32);
    assert.deepEqual(forgotten.model, { ...content.model, userFactors: factors });
    assert.deepEqual(forgotten.generation, { ...content.generation, verifiable: false });
    assert.deepEqual(forgotten.itemCounts, content.itemCounts);
    assert.deepEqual(content, plantedContent("g000001", 1), "the given one stays as it is");
  });

  it("empties the first, the last, and somebody who has seen nothing", () => {
    const seenWithout = (user: number) => [...withoutUser(plantedContent("g000001"), user).seen.indices];
    assert.deepEqual(seenWithout(0), [1, 0, 1, 3, 2]);
    assert.deepEqual(seenWithout(4), [0, 2, 1, 0, 1, 3]);
    assert.deepEqual(seenWithout(2), [0, 2, 1, 0, 1, 3, 2]);
  });
});
