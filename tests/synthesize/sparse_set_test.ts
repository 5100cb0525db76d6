import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Random } from "../../src/synthesize/random.ts";
import { plantSparseSet } from "../../src/synthesize/sparse_set.ts";

const options = {
  seed: 1,
  userCount: 2000,
  itemCount: 1000,
  interactionCount: 60_000,
  communityCount: 20,
  communitiesPerUser: 2,
};

describe("plantSparseSet", () => {
  it("gives rows of the shape asked for, items ascending without repeats", () => {
    const rows = plantSparseSet(options);
    assert.deepEqual([rows.rowCount, rows.columnCount, rows.indices.length], [2000, 1000, 60_000]);
    assert.equal(rows.indptr[2000], 60_000);
    for (let user = 0; user < 2000; user++) {
      assert.ok(rows.indptr[user + 1] > rows.indptr[user]);
      for (let at = rows.indptr[user] + 1; at < rows.indptr[user + 1]; at++) {
        assert.ok(rows.indices[at] > rows.indices[at - 1] && rows.indices[at] < 1000);
      }
    }
    assert.ok(rows.values.every((value) => value === 1));
  });

  it("follows from its seed", () => {
    assert.deepEqual(plantSparseSet(options), plantSparseSet(options));
    assert.notDeepEqual(plantSparseSet(options).indices, plantSparseSet({ ...options, seed: 2 }).indices);
  });

  it("has popular and rare items", () => {
    const counts = new Uint32Array(1000);
    for (const item of plantSparseSet(options).indices) counts[item]++;
    const share = (from: number, to: number) =>
      counts.subarray(from, to).reduce((sum, n) => sum + n, 0) / 60_000;
    assert.ok(share(0, 100) > 0.35, `the hundred most popular items have ${share(0, 100)}`);
    assert.ok(share(500, 1000) < 0.25, `the less popular half has ${share(500, 1000)}`);
  });

  it("has communities: pairs of items share users more unevenly than the same counts give by chance", () => {
    const excess = (wanderingShare: number) => {
      const { indptr, indices } = plantSparseSet({ ...options, wanderingShare, activitySpread: 0.2 });
      return pairUnevenness(indptr, indices) / pairUnevenness(indptr, swapped(indptr, indices));
    };
    const planted = excess(0.2), wandering = excess(1);
    assert.ok(planted > 1.3, `${planted}`);
    assert.ok(Math.abs(wandering - 1) < 0.05, `${wandering} where everybody only wanders`);
  });

  it("fills users who take nearly all there is, and works at its smallest", () => {
    const full = plantSparseSet({
      ...options,
      userCount: 3,
      itemCount: 9,
      interactionCount: 9,
      communityCount: 50,
    });
    assert.deepEqual([...full.indptr], [0, 3, 6, 9]);
    const one = {
      seed: 1,
      userCount: 1,
      itemCount: 1,
      interactionCount: 1,
      communityCount: 1,
      communitiesPerUser: 1,
    };
    assert.deepEqual([...plantSparseSet(one).indices], [0]);
    assert.throws(() => plantSparseSet({ ...one, interactionCount: 2 }), RangeError);
  });
});

/**
 * Σ over item pairs of (even users that have both · odd users that have both) / (users of one · users of the other).
 * What is chance is independent in the two halves and averages out of the product; what is taste is in both.
 */
function pairUnevenness(indptr: Uint32Array, indices: Uint32Array): number {
  const counts = new Uint32Array(1000), both = [new Uint32Array(1e6), new Uint32Array(1e6)];
  for (let user = 0; user < 2000; user++) {
    const items = indices.subarray(indptr[user], indptr[user + 1]);
    for (const a of items) {
      counts[a]++;
      for (const b of items) both[user % 2][a * 1000 + b]++;
    }
  }
  let sum = 0;
  for (let a = 0; a < 1000; a++) {
    for (let b = 0; b < a; b++) {
      const at = a * 1000 + b;
      if (counts[a] > 0 && counts[b] > 0) sum += both[0][at] * both[1][at] / (counts[a] * counts[b]);
    }
  }
  return sum;
}

/** The same numbers of items a user and users an item, otherwise random: (u, i), (v, j) become (u, j), (v, i). */
function swapped(indptr: Uint32Array, indices: Uint32Array): Uint32Array {
  const random = Random.seeded(9), result = indices.slice();
  const users = new Uint32Array(indices.length), pairs = new Set<number>();
  for (let user = 0; user < 2000; user++) users.fill(user, indptr[user], indptr[user + 1]);
  const pairOf = (user: number, item: number) => user * 1000 + item;
  users.forEach((user, at) => pairs.add(pairOf(user, result[at])));
  for (let step = 0; step < 3 * indices.length; step++) {
    const a = random.below(indices.length), b = random.below(indices.length);
    const [u, v, i, j] = [users[a], users[b], result[a], result[b]];
    if (pairs.has(pairOf(u, j)) || pairs.has(pairOf(v, i))) continue;
    pairs.delete(pairOf(u, i)), pairs.delete(pairOf(v, j));
    pairs.add(pairOf(u, j)), pairs.add(pairOf(v, i));
    result[a] = j, result[b] = i;
  }
  return result;
}
