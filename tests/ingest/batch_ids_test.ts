import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BatchIds } from "../../src/ingest/batch_ids.ts";
import { bytesOf } from "./reading.ts";

function use(ids: BatchIds, id: string): number {
  const bytes = bytesOf(id);
  return ids.use(ids.find(bytes, 0, bytes.length));
}

describe("BatchIds", () => {
  it("gives places in order of first appearance in the batch, anew for each batch", () => {
    const ids = new BatchIds();
    assert.deepEqual(["a", "b", "a", "c"].map((id) => use(ids, id)), [0, 1, 0, 2]);
    assert.deepEqual(ids.takeUsed(), ["a", "b", "c"]);
    assert.deepEqual(["c", "d", "a", "d"].map((id) => use(ids, id)), [0, 1, 2, 1]);
    assert.deepEqual(ids.takeUsed(), ["c", "d", "a"]);
    assert.deepEqual(ids.takeUsed(), []);
  });

  it("does not list an id that was found but not used", () => {
    const ids = new BatchIds(), bytes = bytesOf("x");
    const code = ids.find(bytes, 0, 1);
    assert.equal(ids.idOf(code), "x");
    use(ids, "y");
    assert.deepEqual(ids.takeUsed(), ["y"]);
  });

  it("holds many ids, and forgets those of earlier batches when there are too many", () => {
    for (const ids of [new BatchIds(), new BatchIds(100)]) {
      for (let batch = 0; batch < 5; batch++) {
        const names = Array.from({ length: 5000 }, (_, i) => `id-${(i * (batch + 1)) % 7000}`);
        const places = names.map((name) => use(ids, name));
        const used = ids.takeUsed();
        assert.deepEqual(places.map((place) => used[place]), names);
        assert.equal(new Set(used).size, used.length);
      }
    }
  });
});
