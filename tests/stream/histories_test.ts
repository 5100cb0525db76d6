import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { buildUserRows } from "../../src/batch/build_matrix.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { buildHistory, readHistory, savedHistory } from "../../src/stream/histories.ts";
import { logOf, part, plantedStream } from "./planted_stream.ts";

const SIZE = { userCount: 80, itemCount: 40, eventCount: 900, offset: 800, factorCount: 4 };

describe("histories", () => {
  it("are the rows that training builds, in whatever batches the log is read", async () => {
    for (const feedback of ["explicit", "implicit"] as const) {
      const { log } = await plantedStream(feedback, SIZE);
      const userCount = Math.max(...log.users) + 1, itemCount = Math.max(...log.items) + 1;
      const wanted = buildUserRows({ ...log, userCount, itemCount }, feedback);
      const batches = [part(log, 0, 1), part(log, 1, 500), part(log, 500, log.count)];
      assert.deepEqual(buildHistory(batches, feedback, userCount, itemCount).rows, wanted);
    }
  });

  it("know the time of each value, if explicit", () => {
    const log = logOf({
      users: [1, 1, 1, 2],
      items: [5, 6, 5, 5],
      values: [1, 2, 3, 4],
      timesMs: [9, 8, 7, 6],
    });
    const { rows, timesMs } = buildHistory([log], "explicit", 2, 2);
    assert.deepEqual([[...rows.values], [...timesMs]], [[1, 2, 4], [9, 8, 6]]);
    assert.equal(buildHistory([log], "implicit", 2, 2).timesMs.length, 0);
  });

  it("seen from the items have ascending users", () => {
    const log = logOf({
      users: [1, 2, 3, 3],
      items: [5, 6, 6, 5],
      values: [1, 2, 3, 4],
      timesMs: [1, 1, 1, 1],
    });
    const { users, items } = savedHistory(buildHistory([log], "explicit", 3, 2));
    assert.deepEqual([[...users.counts], [...users.indices], [...users.values]], [[1, 1, 2], [0, 1, 0, 1], [
      1,
      2,
      4,
      3,
    ]]);
    assert.deepEqual([[...items.counts], [...items.indices], [...items.values]], [[2, 2], [0, 2, 1, 2], [
      1,
      4,
      2,
      3,
    ]]);
  });

  it("end where the generation's knowledge of the log ends", async () => {
    const log = new MemoryEventLog();
    const event = (k: number) => ({
      eventId: `e${k}`,
      userId: `u${k % 3}`,
      itemId: `i${k % 2}`,
      value: 1,
      timeMs: k,
    });
    await log.append(Array.from({ length: 12 }, (_, k) => event(k)));
    const { content } = await plantedStream("implicit", SIZE);
    const generation = (offset: number, userCount = 3) => ({
      ...content,
      generation: { ...content.generation, offset },
      model: { ...content.model, userCount, itemCount: 2 },
    });
    const counts: number[] = [];
    const { rows } = await readHistory(log, generation(7), (events) => counts.push(events));
    assert.deepEqual([[...rows.indptr], [...rows.values]], [[0, 2, 4, 6], [2, 1, 1, 1, 1, 1]]);
    assert.equal(counts.at(-1), 7);
    await assert.rejects(readHistory(log, generation(13)), OutsideFailure);
    await assert.rejects(readHistory(log, generation(7, 2)), OutsideFailure);
  });
});
