import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Feedback } from "../../src/domain/factor_model.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { Learner } from "../../src/stream/learner.ts";
import { Random } from "../../src/synthesize/random.ts";
import {
  bytesOf,
  learnerKernels,
  learnerOf,
  part,
  plantedStream,
  restored,
  type Stream,
} from "./planted_stream.ts";

/** Passes a multiple of 4096, where Gram matrices are summed anew. */
const SIZE = { userCount: 300, itemCount: 150, eventCount: 5_200, offset: 3_000, factorCount: 9 };

function applied(stream: Stream, learner: Learner, batchCount: number): Learner {
  for (let k = learner.appliedOffset; k < SIZE.eventCount; k += batchCount) {
    learner.apply(part(stream.log, k, Math.min(SIZE.eventCount, k + batchCount)));
  }
  return learner;
}

for (const feedback of ["explicit", "implicit"] satisfies Feedback[]) {
  describe(`a learner, ${feedback}`, () => {
    it("has the same bytes whatever the batches", async () => {
      const stream = await plantedStream(feedback, SIZE);
      const states = [1000, 1, 7].map((batchCount) =>
        bytesOf(applied(stream, learnerOf(stream), batchCount))
      );
      assert.deepEqual(states[1], states[0]);
      assert.deepEqual(states[2], states[0]);
    });

    it("has the same bytes however often it was restored in between", async () => {
      const stream = await plantedStream(feedback, SIZE), random = Random.seeded(8);
      const wanted = applied(stream, learnerOf(stream), 500);
      let learner = learnerOf(stream);
      while (learner.appliedOffset < SIZE.eventCount) {
        const from = learner.appliedOffset, until = Math.min(SIZE.eventCount, from + 1 + random.below(300));
        learner.apply(part(stream.log, from, until));
        learner = restored(learner, stream);
      }
      assert.deepEqual(bytesOf(learner), bytesOf(wanted));
      assert.equal(await learner.sha256(), await wanted.sha256());
      assert.notEqual(await learner.sha256(), await learnerOf(stream).sha256());
    });

    it("tells of every row that moved, once, as it is", async () => {
      const stream = await plantedStream(feedback, SIZE), learner = learnerOf(stream);
      const before = learner.model(), { stride } = before;
      learner.apply(part(stream.log, SIZE.offset, SIZE.offset + 400));
      const after = learner.model();
      for (const update of learner.takeChanges()) {
        assert.ok(update.kind === "rowsChanged");
        const { side, indexes, rows, appliedOffset, generation } = update;
        assert.deepEqual([appliedOffset, generation], [SIZE.offset + 400, "g000001"]);
        const [was, is] = [before, after].map((model) => model[`${side}Factors`]);
        assert.deepEqual([...indexes], [...new Set(indexes)].sort((a, b) => a - b));
        const rowOf = (from: Float32Array, row: number) => from.subarray(row * stride, (row + 1) * stride);
        indexes.forEach((row, k) => assert.deepEqual(rowOf(rows, k), rowOf(is, row)));
        const told = new Set(indexes);
        for (let row = 0; row < is.length / stride; row++) {
          if (!told.has(row)) assert.deepEqual(rowOf(is, row), rowOf(was, row), `${side} ${row}`);
        }
        assert.ok(indexes.length > 30 && indexes.length < is.length / stride);
      }
      assert.deepEqual(learner.takeChanges(), []);
    });

    it("gives new users and items rows by their codes", async () => {
      const stream = await plantedStream(feedback, SIZE), learner = learnerOf(stream), { log } = stream;
      const { userCount, itemCount } = stream.content.model;
      applied(stream, learner, 100);
      assert.equal(learner.userCount, Math.max(...log.users) + 1);
      assert.equal(learner.itemCount, Math.max(...log.items) + 1);
      assert.ok(learner.userCount > userCount && learner.itemCount >= itemCount);
      const { userFactors, stride } = learner.model();
      assert.ok(userFactors.subarray(userCount * stride, (userCount + 1) * stride).some((x) => x !== 0));
      assert.ok(userFactors.every(Number.isFinite));
      assert.equal(learner.numericFailures, 0);
    });
  });
}

describe("a learner that descends", () => {
  it("has the same bytes whatever the batches, restored in between or not", async () => {
    for (const feedback of ["explicit", "implicit"] as const) {
      const stream = await plantedStream(feedback, SIZE),
        wanted = applied(stream, learnerOf(stream, "sgd"), 1000);
      const learner = learnerOf(stream, "sgd");
      learner.apply(part(stream.log, SIZE.offset, SIZE.offset + 777));
      const again = restored(learner, stream, "sgd");
      assert.deepEqual(bytesOf(applied(stream, again, 31)), bytesOf(wanted));
      assert.ok(wanted.model().userFactors.every(Number.isFinite));
    }
  });

  it("is not restored from a state that was solved for", async () => {
    const stream = await plantedStream("implicit", SIZE);
    assert.throws(() => restored(learnerOf(stream), stream, "sgd"), OutsideFailure);
  });
});

describe("what a learner has applied", () => {
  it("grows with events and control records, and never counts an event twice", async () => {
    const stream = await plantedStream("implicit", SIZE), learner = learnerOf(stream), at = SIZE.offset;
    assert.equal(learner.appliedOffset, at);
    const batch = part(stream.log, at, at + 10);
    learner.apply(batch);
    const once = bytesOf(learner);
    learner.apply(batch);
    assert.deepEqual(bytesOf(learner), once);
    assert.equal(learner.appliedOffset, at + 10);
    learner.advance(at + 12);
    learner.advance(at + 3);
    assert.equal(learner.appliedOffset, at + 12);
  });

  it("of a rating older than the one known is nothing", async () => {
    const stream = await plantedStream("explicit", SIZE), learner = learnerOf(stream), at = SIZE.offset;
    const one = part(stream.log, at, at + 1);
    learner.apply(one);
    learner.takeChanges();
    const before = await learner.sha256();
    const late = { ...one, offsets: Float64Array.of(at + 1), timesMs: Float64Array.of(one.timesMs[0] - 1) };
    learner.apply({ ...late, values: Float64Array.of(1) });
    assert.equal(await learner.sha256(), before);
    assert.deepEqual(learner.takeChanges(), []);
    assert.equal(learner.appliedOffset, at + 2);
  });
});

describe("a record that takes events away", () => {
  it("leaves the rows that a history without them solves to", async () => {
    const stream = await plantedStream("explicit", SIZE), learner = learnerOf(stream), { log } = stream;
    const at = SIZE.offset, user = log.users[5], item = log.items[5];
    assert.ok(learner.live.users.lists.find(user, item) >= 0);
    const n = learner.live.countOf("user", user), m = learner.live.countOf("item", item);
    learner.correct(at, user, item);
    assert.equal(learner.live.users.lists.find(user, item), -1);
    assert.equal(learner.live.items.lists.find(item, user), -1);
    assert.deepEqual([learner.live.countOf("user", user), learner.live.countOf("item", item)], [
      n - 1,
      m - 1,
    ]);
    assert.deepEqual(learner.takeChanges().map(({ side, indexes }) => [side, ...indexes]), [
      ["user", user],
      ["item", item],
    ]);
    learner.correct(at + 1, user, item, { value: 2, timeMs: 7 });
    const position = learner.live.users.lists.find(user, item);
    assert.equal(learner.live.users.lists.valueAt(user, position), 2);
    assert.equal(learner.live.users.lists.timeAt(user, position), 7);
    assert.equal(learner.live.items.lists.valueAt(item, learner.live.items.lists.find(item, user)), 2);
    learner.correct(at + 1, user, item);
    assert.equal(learner.live.countOf("user", user), n, "a record counts once");
    assert.equal(learner.appliedOffset, at + 2);
  });

  it("of a user leaves nothing of the user", async () => {
    for (const feedback of ["explicit", "implicit"] as const) {
      const stream = await plantedStream(feedback, SIZE),
        learner = learnerOf(stream),
        user = stream.log.users[3];
      learner.forgetUser(SIZE.offset, user);
      const { users, items } = learner.live;
      assert.ok(users.rows.row(user).every((x) => x === 0));
      assert.equal(users.lists.countOf(user), 0);
      for (let item = 0; item < items.rows.count; item++) assert.equal(items.lists.find(item, user), -1);
      assert.deepEqual(learner.takeChanges().map(({ side, indexes }) => [side, ...indexes]), [[
        "user",
        user,
      ]]);
      assert.equal(learner.live.knowsUser(user), false);
    }
  });
});

describe("restoring a learner", () => {
  it("refuses the state of another generation", async () => {
    const stream = await plantedStream("implicit", SIZE), learner = learnerOf(stream), { content } = stream;
    for (const other of [{ generation: "g000002" }, { sha256: "1".repeat(64) }]) {
      const generation = { ...content.generation, ...other };
      assert.throws(() => restored(learner, { content: { ...content, generation } }), OutsideFailure);
    }
  });

  it("refuses histories of later than the state", async () => {
    const stream = await plantedStream("implicit", SIZE),
      learner = learnerOf(stream),
      state = learner.state();
    learner.apply(part(stream.log, SIZE.offset, SIZE.offset + 1));
    const { content } = stream, histories = learner.histories();
    assert.throws(() => Learner.restore(learnerKernels(), content, state, histories), RangeError);
  });

  it("brings histories of before up to the state, and changes nothing else until then", async () => {
    for (const feedback of ["explicit", "implicit"] as const) {
      const stream = await plantedStream(feedback, SIZE), learner = learnerOf(stream), { content } = stream;
      const histories = learner.histories(), until = SIZE.offset + 1500;
      const wanted = applied(stream, learnerOf(stream), 700);
      learner.apply(part(stream.log, SIZE.offset, until));
      const again = Learner.restore(learnerKernels(), content, learner.state(), histories);
      assert.equal(again.appliedOffset, SIZE.offset);
      // Past the state in one piece: what lies behind it is learned.
      again.apply(part(stream.log, SIZE.offset, until + 40));
      learner.takeChanges();
      learner.apply(part(stream.log, until, until + 40));
      assert.deepEqual(again.takeChanges(), learner.takeChanges());
      assert.deepEqual(bytesOf(again), bytesOf(learner));
      assert.deepEqual(bytesOf(applied(stream, again, 99)), bytesOf(wanted));
    }
  });
});
