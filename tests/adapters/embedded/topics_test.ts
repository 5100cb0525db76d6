import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { Database } from "../../../src/adapters/embedded/database.ts";
import { EmbeddedTopics, type EmbeddedTopicsOptions } from "../../../src/adapters/embedded/topics.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";
import { describeTopics } from "../../contracts/topic.ts";
import { temporaryPath } from "./temporary_file.ts";

function openAt(path: string, options: Partial<EmbeddedTopicsOptions> = {}): EmbeddedTopics {
  return new EmbeddedTopics(path, { clock: systemClock, newMember: () => crypto.randomUUID(), ...options });
}

describeTopics("embedded", async () => {
  const path = temporaryPath("topics.db"), opened = [openAt(path)];
  return {
    port: opened[0],
    another: async () => {
      opened.push(openAt(path));
      return opened.at(-1)!;
    },
    close: async () => {
      for (const one of opened) await one.close();
    },
  };
});

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (value: Uint8Array | undefined) => new TextDecoder().decode(value);

/** Offsets of all that is there, in order. */
async function offsetsOf(topics: EmbeddedTopics, topic: string): Promise<number[]> {
  const places = (await topics.places(topic))!, stop = new AbortController();
  const end = places[0].endOffset, offsets: number[] = [];
  await topics.consume(
    { topics: [topic], group: crypto.randomUUID(), from: "beginning" },
    async ({ messages }) => {
      offsets.push(...messages.map(({ offset }) => offset));
      if (offsets.at(-1)! >= end - 1) stop.abort();
    },
    stop.signal,
  );
  return offsets;
}

/** Another process that reads the topic "t" in the group "g", prints what it read, and dies over the message "end". */
function readingProcess(path: string, sessionMs: number): Deno.ChildProcess {
  const urlOf = (file: string) =>
    JSON.stringify(new URL(`../../../src/adapters/${file}`, import.meta.url).href);
  const code = `
    import { EmbeddedTopics } from ${urlOf("embedded/topics.ts")};
    import { systemClock } from ${urlOf("deno/system_clock.ts")};
    const topics = new EmbeddedTopics(${JSON.stringify(path)}, {
      clock: systemClock, newMember: () => crypto.randomUUID(), sessionMs: ${sessionMs},
    });
    const options = { topics: ["t"], group: "g", from: "beginning", onAssigned: ({ length }) => console.log("assigned " + length) };
    await topics.consume(options, async ({ messages }) => {
      for (const { value } of messages) {
        const text = new TextDecoder().decode(value);
        if (text === "end") Deno.kill(Deno.pid, "SIGKILL");
        console.log("read " + text);
      }
    }, new AbortController().signal);`;
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

describe("EmbeddedTopics", () => {
  it("gives the partitions of a consumer that was killed to the others, and loses nothing", async () => {
    const path = temporaryPath("topics.db"), topics = openAt(path, { sessionMs: 400 });
    await topics.create("t", 2);
    const stop = new AbortController(), mine: string[] = [];
    let has = 0;
    const consuming = topics.consume({
      topics: ["t"],
      group: "g",
      from: "beginning",
      onAssigned: ({ length }) => void (has = length),
    }, async ({ messages }) => {
      mine.push(...messages.map(({ value }) => textOf(value)));
      if (["end", "last"].every((word) => mine.filter((text) => text === word).length === 2)) stop.abort();
    }, stop.signal);
    const child = readingProcess(path, 400);
    let printed = "";
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    while (!printed.includes("assigned 1")) printed += (await reader.read()).value;
    while (has !== 1) await systemClock.sleep(5);
    // Without a key they go to the partitions by turns: of each pair one comes to the other process.
    await topics.send("t", [{ value: bytes("a") }, { value: bytes("b") }]);
    while (!printed.includes("read") || mine.length === 0) printed += (await reader.read()).value;
    // What is finished is kept soon after.
    const isKept = async () => (await topics.places("t", "g"))!.every(({ groupOffset }) => groupOffset === 1);
    while (!await isKept()) await systemClock.sleep(5);
    await topics.send("t", [{ value: bytes("end") }, { value: bytes("end") }]);
    assert.equal((await child.status).signal, "SIGKILL");
    await reader.cancel();
    await topics.send("t", [{ value: bytes("last") }, { value: bytes("last") }]);
    await consuming;
    assert.equal(has, 2);
    const others = [...printed.matchAll(/read (\w+)/g)].map((match) => match[1]);
    assert.deepEqual([...mine, ...others].filter((text) => text === "a" || text === "b").sort(), ["a", "b"]);
    assert.equal(mine.filter((text) => text === "end").length, 2);
    assert.equal(mine.filter((text) => text === "last").length, 2);
    await topics.close();
  });

  it("does not let a consumer that slept through its session set back what others finished", async () => {
    const path = temporaryPath("topics.db"), awake = Promise.withResolvers<void>();
    const sleeping = openAt(path, {
      sessionMs: 100,
      clock: {
        ...systemClock,
        sleep: (ms, signal) => awake.promise.then(() => systemClock.sleep(ms, signal)),
      },
    });
    const other = openAt(path, { sessionMs: 100 });
    await other.send("t", [1, 2, 3].map((i) => ({ value: bytes(`${i}`) })));
    const options = { topics: ["t"], group: "g", from: "beginning", batchCount: 1 } as const;
    const begun = Promise.withResolvers<void>(), stop = new AbortController();
    const seen: string[][] = [[], []];
    let isStale = () => false;
    const readers = [sleeping, other].map((topics, i) =>
      topics.consume(options, async (batch) => {
        seen[i].push(textOf(batch.messages[0].value));
        if (i === 1) return;
        isStale = batch.isStale;
        begun.resolve();
        await awake.promise;
      }, stop.signal)
    );
    await begun.promise;
    const groupOffset = async () => (await other.places("t", "g"))![0].groupOffset;
    while (await groupOffset() !== 3) await systemClock.sleep(5);
    assert.equal(isStale(), false, "it cannot know yet");
    awake.resolve();
    while (!isStale()) await systemClock.sleep(5);
    assert.equal(await groupOffset(), 3);
    await other.send("t", [{ value: bytes("4") }]);
    while (await groupOffset() !== 4) await systemClock.sleep(5);
    stop.abort();
    await Promise.all(readers);
    assert.deepEqual([seen[0][0], seen[1].slice(0, 3)], ["1", ["1", "2", "3"]]);
    assert.deepEqual([...seen[0].slice(1), ...seen[1].slice(3)], ["4"]);
    for (const topics of [sleeping, other]) await topics.close();
  });

  it("takes what several processes send at once, each in its order", async () => {
    const path = temporaryPath("topics.db"), senders = [1, 2, 3].map(() => openAt(path));
    await senders[0].create("t", 1);
    await Promise.all(senders.map(async (sender, s) => {
      for (let i = 0; i < 20; i++) await sender.send("t", [{ key: bytes(`${s}`), value: bytes(`${i}`) }]);
    }));
    const read: Record<string, number[]> = { 0: [], 1: [], 2: [] }, stop = new AbortController();
    let count = 0;
    await senders[0].consume({ topics: ["t"], group: "g", from: "beginning" }, async ({ messages }) => {
      for (const { key, value } of messages) read[textOf(key)].push(Number(textOf(value)));
      if ((count += messages.length) === 60) stop.abort();
    }, stop.signal);
    const inOrder = Array.from({ length: 20 }, (_, i) => i);
    assert.deepEqual(read, { 0: inOrder, 1: inOrder, 2: inOrder });
    for (const sender of senders) await sender.close();
  });

  it("is there again when it is opened again", async () => {
    const path = temporaryPath("topics.db"), first = openAt(path);
    await first.send("t", [{ value: bytes("a") }, { value: bytes("b") }]);
    await first.close();
    const second = openAt(path);
    assert.deepEqual(await offsetsOf(second, "t"), [0, 1]);
    await second.close();
  });

  it("removes what is old or too much, never the newest, and gives the rest its offsets", async () => {
    let nowMs = 1_000_000;
    const clock = { ...systemClock, nowMs: () => nowMs };
    const topics = openAt(temporaryPath("topics.db"), { clock, retentionMs: 60_000, retentionCount: 5 });
    const send = (count: number) =>
      topics.send("t", Array.from({ length: count }, () => ({ value: bytes("x") })));
    await send(3);
    nowMs += 30_000;
    await send(1);
    nowMs += 30_001;
    await send(1);
    assert.deepEqual(await offsetsOf(topics, "t"), [3, 4], "the first three were older than a minute");
    nowMs += 20_000;
    await send(8);
    assert.deepEqual(await offsetsOf(topics, "t"), [8, 9, 10, 11, 12], "five were kept of thirteen");
    nowMs += 1e9;
    await send(1);
    assert.deepEqual(await offsetsOf(topics, "t"), [13]);
    nowMs += 1e9;
    await topics.send("u", [{ value: bytes("x") }]);
    assert.deepEqual(await offsetsOf(topics, "t"), [13]);
    assert.equal((await topics.places("t"))![0].endOffset, 14);
    await topics.close();
  });

  it("refuses a store's file, and a store the file of topics", async () => {
    const path = temporaryPath("topics.db");
    await openAt(path).close();
    assert.throws(() => Database.open(path), (error: Error) => {
      assert.ok(error instanceof OutsideFailure);
      return /as a store: it is a SQLite database of another program/.test(error.message);
    });
    const store = temporaryPath("store.db");
    Database.open(store).close();
    assert.throws(
      () => openAt(store),
      /as a file of topics: it is a store, and topics have a file of their own/,
    );
  });

  it("refuses a number of partitions that makes no sense", async () => {
    const topics = openAt(temporaryPath("topics.db"));
    for (const count of [0, 1.5, -1, 1001, NaN]) await assert.rejects(topics.create("t", count), BadInput);
    await topics.close();
  });

  it("ends its consumers when it is closed", async () => {
    const topics = openAt(temporaryPath("topics.db"));
    const consuming = topics.consume(
      { topics: ["not yet"], group: "g", from: "beginning" },
      async () => {},
      new AbortController().signal,
    );
    await systemClock.sleep(20);
    await topics.close();
    await consuming;
  });
});
