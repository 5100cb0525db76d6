import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Feedback } from "../../src/domain/factor_model.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import type { EventLog } from "../../src/ports/event_log.ts";
import { readHistory, savedHistory } from "../../src/stream/histories.ts";
import { Learner } from "../../src/stream/learner.ts";
import { LogFold } from "../../src/stream/log_fold.ts";
import { Random } from "../../src/synthesize/random.ts";
import { plantedLog } from "./planted_log.ts";
import { bytesOf, learnerKernels, restored } from "./planted_stream.ts";

interface Folding {
  readonly learner: Learner;
  readonly erased: number[];
  upTo(untilOffset: number, batchCount?: number): Promise<void>;
}

async function folding(log: EventLog, content: GenerationContent): Promise<Folding> {
  const learner = Learner.fromGeneration(learnerKernels(), content, await readHistory(log, content));
  const fold = new LogFold(log, learner, content), erased: number[] = [];
  const upTo = async (untilOffset: number, batchCount = 256) => {
    for await (const { erasedUser } of fold.learn(untilOffset, batchCount)) {
      if (erasedUser !== undefined) erased.push(erasedUser);
    }
  };
  return { learner, erased, upTo };
}

/** Deletes events at random, also several of a pair, also such as the generation was trained on. */
async function deleteSome(log: EventLog, random: Random, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const events = await log.eventsOfUser(`u${random.below(40)}`, { limit: 1e9 });
    if (events.length === 0) continue;
    const { userId, eventId, itemId } = events[random.below(events.length)];
    await log.deleteEvent(userId, eventId, n);
    const same = events.find((one) => one.itemId === itemId && one.eventId !== eventId);
    if (same !== undefined && random.below(2) === 0) await log.deleteEvent(userId, same.eventId, n);
  }
}

/** Each user's [item, value] pairs, in order of item. */
function pairsOf(learner: Learner): [number, number][][] {
  const { users: { counts, indices, values } } = learner.histories();
  let at = 0;
  return Array.from(counts, (count) => {
    const row = Array.from({ length: count }, (_, k): [number, number] => [indices[at + k], values[at + k]]);
    at += count;
    return row.sort(([a], [b]) => a - b);
  });
}

for (const feedback of ["explicit", "implicit"] as Feedback[]) {
  describe(`learning with deletions, ${feedback}`, () => {
    it("does not depend on when it is learned, nor in which pieces", async () => {
      const { store: { eventLog }, content, append } = await plantedLog(feedback), random = Random.seeded(7);
      const live = await folding(eventLog, content);
      for (let offset = 620; offset <= 900; offset += 40) {
        await append(offset);
        await deleteSome(eventLog, random, 6);
        await live.upTo(await eventLog.end(), 5);
      }
      const end = await eventLog.end(), deleted = await eventLog.deletedOffsets();
      assert.ok(deleted.length > 30 && deleted.some((offset) => offset < 600));
      for (const batchCount of [1, 13, 1000]) {
        const late = await folding(eventLog, content);
        await late.upTo(end, batchCount);
        assert.equal(await late.learner.sha256(), await live.learner.sha256());
        assert.deepEqual(bytesOf(late.learner), bytesOf(live.learner));
      }
      assert.equal(live.learner.appliedOffset, end);
    });

    it("comes to the histories of a log in which the deleted events never were", async () => {
      const { store: { eventLog }, content, append } = await plantedLog(feedback), random = Random.seeded(8);
      const live = await folding(eventLog, content);
      await append(800);
      await deleteSome(eventLog, random, 60);
      await append(900);
      await live.upTo(await eventLog.end());
      const userCount = (await eventLog.userIds()).length, itemCount = (await eventLog.itemIds()).length;
      const generation = { ...content.generation, offset: await eventLog.end() };
      const model = { ...content.model, userCount, itemCount };
      const { rows } = await readHistory(eventLog, { ...content, generation, model });
      const expected = Array.from(
        { length: rows.rowCount },
        (_, user) =>
          Array.from(
            rows.indices.subarray(rows.indptr[user], rows.indptr[user + 1]),
            (item, k): [number, number] => [
              item,
              rows.values[rows.indptr[user] + k],
            ],
          ),
      );
      assert.deepEqual(pairsOf(live.learner), expected);
    });

    it("forgets an erased user, and tells who looks after the user's things", async () => {
      const { store: { eventLog }, content, append } = await plantedLog(feedback);
      const live = await folding(eventLog, content);
      await append(700);
      await live.upTo(700);
      const userId = (await eventLog.userIds())[3],
        events = await eventLog.eventsOfUser(userId, { limit: 1e9 });
      assert.ok(events.length > 3);
      await eventLog.deleteEvent(userId, events[0].eventId, 0);
      const { userCode } = (await eventLog.eraseUser(userId, 0))!;
      await append(702 + 50);
      const end = await eventLog.end();
      await live.upTo(end);
      assert.deepEqual(live.erased, [userCode]);
      assert.deepEqual(pairsOf(live.learner)[userCode], []);
      const { stride, userFactors } = live.learner.model();
      assert.ok(userFactors.subarray(userCode * stride, (userCode + 1) * stride).every((x) => x === 0));
      assert.deepEqual(bytesOf(restored(live.learner, { content })), bytesOf(live.learner));
      // Of what is left in the log the same histories come.
      const history = await readHistory(eventLog, content), { offset } = content.generation;
      const histories = { offset, ...savedHistory(history) };
      const recalled = Learner.restore(learnerKernels(), content, live.learner.state(), histories);
      const fold = new LogFold(eventLog, recalled, content);
      for await (const _ of fold.learn(end, 64));
      assert.deepEqual(bytesOf(recalled), bytesOf(live.learner));
    });
  });
}
