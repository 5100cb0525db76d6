import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { collectInteractions } from "../../src/batch/interactions.ts";
import type { LoggedEventColumns } from "../../src/domain/event.ts";

function batch(from: number, count: number): LoggedEventColumns {
  const indexes = Array.from({ length: count }, (_, i) => from + i);
  return {
    count,
    users: Uint32Array.from(indexes, (i) => i % 7),
    items: Uint32Array.from(indexes, (i) => i % 11),
    values: Float64Array.from(indexes, (i) => i / 2),
    timesMs: Float64Array.from(indexes, (i) => 1e12 + i),
    offsets: Float64Array.from(indexes),
  };
}

async function* batches(sizes: readonly number[]): AsyncGenerator<LoggedEventColumns> {
  let from = 0;
  for (const size of sizes) {
    yield batch(from, size);
    from += size;
  }
}

describe("collectInteractions", () => {
  it("joins batches of any size in order", async () => {
    const counts: number[] = [];
    const builder = await collectInteractions(batches([3, 0, 100_000, 1]), (count) => counts.push(count));
    const all = builder.build(7, 11);
    assert.equal(all.count, 100_004);
    assert.deepEqual(counts, [3, 3, 100_003, 100_004]);
    for (const i of [0, 2, 3, 65_535, 65_536, 100_002, 100_003]) {
      assert.deepEqual([all.users[i], all.items[i], all.values[i], all.timesMs[i]], [
        i % 7,
        i % 11,
        i / 2,
        1e12 + i,
      ]);
    }
  });

  it("gives nothing of nothing", async () => {
    const all = (await collectInteractions(batches([]))).build(0, 0);
    assert.deepEqual([all.count, all.users.length, all.userCount], [0, 0, 0]);
  });
});
