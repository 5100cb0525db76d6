import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { skip } from "../adapters/mongodb/fresh_store.ts";
import { benchMongoDb } from "./mongodb.ts";

describe("the benchmark of MongoDB", { skip }, () => {
  it("writes, reads back and prints what it computed", async () => {
    const { figures, hash } = await benchMongoDb(true, { warmUps: 0, repetitions: 2 });
    assert.equal(figures.length, 4);
    assert.ok(figures.every(({ value }) => value.min > 0 && value.count === 2));
    // Lists of the first three of 20 users: item (3 u + k) 7919 mod 10, with scores 5, 5 - 1/3, 5 - 2/3 in single precision.
    const lists = [0, 1, 2].map((user) => {
      const items = [0, 1, 2].map((place) => ({
        itemId: `${1 + ((3 * user + place) * 7919) % 10}`,
        score: Math.fround(5 - place / 3),
        rank: place + 1,
      }));
      const userId = `${user + 1}`;
      return [userId, { userId, generation: "g1", appliedOffset: 1, items }];
    });
    assert.equal(hash, createHash("sha256").update(JSON.stringify(lists)).digest("hex"));
  });
});
