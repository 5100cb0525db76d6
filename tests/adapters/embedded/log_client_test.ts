import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { EmbeddedEventLog } from "../../../src/adapters/embedded/event_log.ts";
import { LogClient, type LogThread } from "../../../src/adapters/embedded/log_client.ts";
import { serveEventLog } from "../../../src/adapters/embedded/log_server.ts";
import type { Commit } from "../../../src/adapters/embedded/newest_events.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import { describeEventLog } from "../../contracts/event_log.ts";
import { newColumns } from "../../contracts/new_columns.ts";
import { temporaryPath } from "./temporary_file.ts";

/** Both ends of a channel on this thread: everything is cloned or transferred as between threads. */
function channel(): LogThread & { fail: (error: Error) => void } {
  const { port1, port2 } = new MessageChannel();
  serveEventLog(port2);
  port1.start(), port2.start();
  let fail = (_error: Error) => {};
  const failed = new Promise<Error>((resolve) => fail = resolve);
  return { port: port1, failed, fail, end: () => (port1.close(), port2.close()) };
}

async function openLog(path = temporaryPath()): Promise<EmbeddedEventLog> {
  return new EmbeddedEventLog(await LogClient.open(channel(), path), { maxRunning: 2 });
}

describeEventLog("embedded, through a port", () => openLog());

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const EVENT = { eventId: "e", userId: "u", itemId: "i", value: 1, timeMs: 1 };
const ROW = { userId: "u", itemId: "i", value: 1, timeMs: 1 };

describe("LogClient", () => {
  it("finishes what was asked for before it closes", async () => {
    const path = temporaryPath();
    const log = await openLog(path);
    const appended = Array.from(
      { length: 5 },
      (_, i) => log.appendColumns(newColumns([{ ...ROW, key: [i] }])),
    );
    const closed = log.close();
    assert.deepEqual((await Promise.all(appended)).map(({ end }) => end), [1, 2, 3, 4, 5]);
    await closed;
    const again = await openLog(path);
    assert.equal(await again.end(), 5);
    await again.close();
  });

  it("tells the last who asked of every commit, as soon as it is durable", async () => {
    const client = await LogClient.open(channel(), temporaryPath());
    const log = new EmbeddedEventLog(client, { maxRunning: 2 });
    const heard = (port: MessagePort, commits: Commit[] = []) => {
      port.onmessage = ({ data }) => commits.push(data);
      return commits;
    };
    const first = client.follow(), earlier = heard(first);
    await log.append([EVENT, { ...EVENT, eventId: "f" }]);
    const second = client.follow(), later = heard(second);
    await log.append([EVENT, { ...EVENT, eventId: "g", itemId: "j" }]);
    await log.append([EVENT]);
    await log.appendControl({ kind: "generationActivated", generation: "g000001" }, 1);
    const columns = (users: number[], items: number[]) => ({
      users: Uint32Array.from(users),
      items: Uint32Array.from(items),
      values: Float64Array.from(users, () => 1),
      timesMs: Float64Array.from(users, () => 1),
    });
    await until(() => later.length === 2);
    assert.deepEqual(earlier, [
      { from: 0, end: 2, events: { first: 0, count: 2, ...columns([0, 0], [0, 0]) } },
    ]);
    assert.deepEqual(later, [
      { from: 2, end: 3, events: { first: 2, count: 1, ...columns([0], [1]) } },
      { from: 3, end: 4 },
    ]);
    await log.close();
    first.close(), second.close();
  });

  it("may be closed twice, and refuses calls afterwards", async () => {
    const log = await openLog();
    await log.close();
    await log.close();
    await assert.rejects(log.append([EVENT]), (error: Error) => {
      return error instanceof OutsideFailure && /closed/.test(error.message);
    });
  });

  it("gives errors of the other side their class, message and cause", async () => {
    const thread = channel();
    await assert.rejects(LogClient.open(thread, "/dev/null/foz.db"), (error: Error) => {
      assert.ok(error instanceof OutsideFailure);
      assert.match(error.message, /cannot make the folder of the store \/dev\/null\/foz\.db/);
      assert.match((error.cause as Error).message, /\/dev\/null/);
      return true;
    });
  });

  it("fails every call when its thread fails", async () => {
    const thread = channel();
    const client = await LogClient.open(thread, temporaryPath());
    thread.fail(new Error("out of memory"));
    await assert.rejects(client.end(), (error: Error) => {
      assert.ok(error instanceof OutsideFailure);
      assert.equal((error.cause as Error).message, "out of memory");
      return true;
    });
    await assert.rejects(client.findEvent("x"), OutsideFailure);
    await client.close();
  });
});
