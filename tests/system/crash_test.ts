/**
 * kill -9 of the real process at random moments, as a server starts and under load. FOZ_CRASHES says how many times (3 if
 * absent, at least 2; `deno task test:crash` takes 50), FOZ_CRASH_SEED which moments.
 */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openStore, type Store } from "../../src/commands/open_store.ts";
import type { LoggedEvent } from "../../src/domain/event.ts";
import { Random } from "../../src/synthesize/random.ts";
import { CrashLoad } from "./crash_load.ts";
import { fozJson, startProgram } from "./program.ts";
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

const CRASHES = Math.max(2, Number(Deno.env.get("FOZ_CRASHES") ?? 3));
const SEED = Number(Deno.env.get("FOZ_CRASH_SEED") ?? 1);
const COMMANDS = [["up", "--train-every", "0"], ["serve"]];
const TRAINING = [
  "--factors",
  "4",
  "--epochs",
  "3",
  "--holdout",
  "0",
  "--feedback",
  "implicit",
  "--seed",
  "5",
];

/** Before so many crashes a generation is trained, so that it is served, and followed by a tail, when the others come. */
const TRAIN_AT = Math.floor(CRASHES / 2);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A server that does not live to say where it listens, or just so. */
async function killWhileStarting(args: readonly string[], afterMs: number): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...OWN_PROGRAM, ...args, "--port", "0"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await pause(afterMs);
  child.kill("SIGKILL");
  assert.equal((await child.status).signal, "SIGKILL");
}

/** Each acknowledged event is there once, at the offset that was told and as it was sent; and nothing unasked. */
async function checkLog({ eventLog }: Store, load: CrashLoad): Promise<LoggedEvent[]> {
  const userIds = await eventLog.userIds(), itemIds = await eventLog.itemIds();
  const events: LoggedEvent[] = [], found = new Map<number, LoggedEvent>();
  for await (const { count, offsets, users, items, values, timesMs } of eventLog.read({ batchCount: 777 })) {
    for (let i = 0; i < count; i++) {
      const offset = offsets[i], userId = userIds[users[i]];
      const [event] = await eventLog.eventsOfUser(userId, { limit: 1, beforeOffset: offset + 1 });
      const { eventId } = event;
      assert.deepEqual(event, {
        ...{ eventId, offset, userId },
        ...{ itemId: itemIds[items[i]], value: values[i], timeMs: timesMs[i] },
      });
      found.set(offset, event);
      events.push(event);
    }
  }
  for (const [eventId, offset] of load.acknowledged) {
    const { time, ...sent } = load.sent.get(eventId)!;
    const expected = { ...sent, offset, timeMs: Date.parse(time) };
    assert.deepEqual(found.get(offset), expected, `${eventId}, acknowledged at ${offset}`);
  }
  const ids = events.map(({ eventId }) => eventId);
  assert.equal(new Set(ids).size, ids.length, "an event is there twice");
  assert.deepEqual(ids.filter((eventId) => !load.sent.has(eventId)), []);
  assert.equal(await eventLog.end(), events.length + (await eventLog.readControls()).length);
  return events;
}

/** Into a store that nothing ever happened to, in pieces of another size. */
async function append(url: string, events: readonly LoggedEvent[]): Promise<void> {
  const { eventLog, close } = await openStore(url);
  for (let at = 0; at < events.length; at += 331) {
    const piece = events.slice(at, at + 331);
    const results = await eventLog.append(piece);
    assert.deepEqual(
      results.map(({ offset }) => offset),
      piece.map(({ offset }) => offset),
      "the logs differ",
    );
  }
  await close();
}

/** What a process that learns all of the log comes to: from its newest checkpoint on if there is one. */
function learn(url: string, batchCount: number): Promise<{ appliedOffset: number; sha256: string }> {
  return fozJson(["learn", "--once", "--store", url, "--read-batch", `${batchCount}`]);
}

describe(`a server that is killed ${CRASHES} times under load`, () => {
  it("loses nothing it acknowledged, counts nothing twice, and leaves a log that teaches what an undisturbed one does", async () => {
    const random = Random.seeded(SEED), load = new CrashLoad(random);
    const folder = Deno.makeTempDirSync({ prefix: "foz-crash-" }), url = `sqlite:${folder}/foz.db`;
    for (let crash = 0; crash < CRASHES; crash++) {
      if (crash === TRAIN_AT) await fozJson(["train", "--store", url, "--threads", "1", ...TRAINING]);
      // A checkpoint, for those who come after.
      if (crash === TRAIN_AT + 1) await learn(url, 100);
      const args = [...COMMANDS[crash % COMMANDS.length], "--store", url, "--rate-limit", "0"];
      if (crash % 5 === 4) await killWhileStarting(args, random.below(800));
      const program = await startProgram(args);
      await load.sendAgain(program.url);
      const running = load.run(program.url, 4);
      await pause(20 + random.below(600));
      assert.equal((await program.end("SIGKILL")).signal, "SIGKILL");
      await running;
    }
    const last = await startProgram(["serve", "--store", url, "--rate-limit", "0"]);
    await load.sendAgain(last.url);
    assert.equal((await last.end("SIGTERM")).code, 0);
    assert.deepEqual([...load.sent.keys()].filter((eventId) => !load.acknowledged.has(eventId)), []);
    assert.ok(load.keptCount + load.lostCount >= CRASHES, "the kills met no load");

    const store = await openStore(url);
    const events = await checkLog(store, load),
      [{ offset: trainedTo, sha256 }] = await store.generations.list();
    assert.ok(CRASHES < 3 || await store.checkpoints.latest("g000001") !== undefined);
    await store.close();
    assert.ok(trainedTo > 0 && trainedTo < events.at(-1)!.offset);

    const undisturbed = `sqlite:${folder}/undisturbed.db`;
    await append(undisturbed, events.filter(({ offset }) => offset < trainedTo));
    const trained = await fozJson(["train", "--store", undisturbed, "--threads", "2", ...TRAINING]);
    assert.equal(trained.sha256, sha256, "the log that was crashed upon trains another model");
    await append(undisturbed, events.filter(({ offset }) => offset >= trainedTo));
    const live = await learn(url, 500);
    assert.deepEqual(live, await learn(undisturbed, 7));
    assert.equal(live.appliedOffset, events.at(-1)!.offset + 1);
    assert.notEqual(live.sha256, sha256);
    console.log(
      `${CRASHES} kills: ${events.length} events in the log, all acknowledged; of the batches whose answer was lost, ` +
        `${load.keptCount} were there whole and ${load.lostCount} not at all; live factors ${
          live.sha256.slice(0, 12)
        }`,
    );
    Deno.removeSync(folder, { recursive: true });
  });
});
