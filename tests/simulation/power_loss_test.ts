import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openStore } from "../../src/commands/open_store.ts";
import { Random } from "../../src/synthesize/random.ts";
import { temporaryPath } from "../adapters/embedded/temporary_file.ts";

/** What the disk has after an acknowledgement, and what may have come to it of later writes, or as rubbish, when the power went. */
interface Moment {
  readonly eventCount: number;
  readonly journalBytes: number;
}

async function eventIds(path: string): Promise<string[]> {
  const { eventLog, close } = await openStore(`sqlite:${path}`);
  const userIds = await eventLog.userIds(), found: string[] = [];
  for await (const { count, users, offsets } of eventLog.read()) {
    for (let i = 0; i < count; i++) {
      assert.equal(offsets[i], found.length);
      const options = { limit: 1, beforeOffset: offsets[i] + 1 };
      found.push((await eventLog.eventsOfUser(userIds[users[i]], options))[0].eventId);
    }
  }
  assert.equal(await eventLog.end(), found.length);
  await close();
  return found;
}

describe("a store whose power goes", () => {
  it("has every event that was acknowledged, and of the one in hand all or nothing", async () => {
    const random = Random.seeded(5), path = temporaryPath();
    const { eventLog, close } = await openStore(`sqlite:${path}`);
    const moments: Moment[] = [];
    let sent = 0;
    for (let n = 0; n < 30; n++) {
      const events = Array.from({ length: 1 + random.below(40) }, () => {
        const i = sent++;
        return { eventId: `e${i}`, userId: `u${i % 9}`, itemId: `i${i % 50}`, value: 1, timeMs: i };
      });
      await eventLog.append(events);
      moments.push({ eventCount: sent, journalBytes: Deno.statSync(`${path}-wal`).size });
    }
    // As long as it is open all of it is in the journal, in the order of writing.
    const file = Deno.readFileSync(path), journal = Deno.readFileSync(`${path}-wal`);
    await close();
    assert.ok(moments.every(({ journalBytes }, i) => i === 0 || journalBytes > moments[i - 1].journalBytes));

    for (const [i, { eventCount, journalBytes }] of moments.slice(0, -1).entries()) {
      const lostPath = temporaryPath(), next = moments[i + 1];
      const reached = journalBytes + random.below(next.journalBytes - journalBytes);
      const left = journal.slice(0, i % 3 === 0 ? next.journalBytes : reached);
      // Pages may reach the disk in any order: those before the last may be missing.
      if (i % 3 === 0) left.fill(0, journalBytes, reached);
      if (i % 3 === 1) left.fill(0xa5, journalBytes);
      Deno.writeFileSync(lostPath, file);
      Deno.writeFileSync(`${lostPath}-wal`, left);
      const found = await eventIds(lostPath);
      assert.ok(
        found.length === eventCount || found.length === next.eventCount,
        `${found.length} of ${eventCount}`,
      );
      assert.deepEqual(found, Array.from({ length: found.length }, (_, n) => `e${n}`));
    }
  });
});
