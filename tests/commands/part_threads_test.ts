import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type PartThreadsOptions, readParts } from "../../src/commands/part_threads.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { partCountOf } from "../../src/ingest/file_part.ts";
import { bytesOf } from "../ingest/reading.ts";
import { planOf } from "../ingest/divided_reading.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function optionsOf(text: string, partBytes: number): Promise<PartThreadsOptions> {
  const path = `${folder}/${partBytes}.csv`;
  await Deno.writeTextFile(path, text);
  return { path, name: "a.csv", plan: await planOf(bytesOf(text), partBytes), threadCount: 3 };
}

/** A worker's program. */
function program(code: string): URL {
  return new URL(`data:application/javascript,${encodeURIComponent(code)}`);
}

describe("readParts", () => {
  it("gives all parts in order, each thread's in order too, with more parts than may be on the way", async () => {
    const lines = Array.from({ length: 500 }, (_, i) => `u${i},i${i % 7},1\n`).join("");
    const options = await optionsOf(lines, 64), parts: number[] = [], counts: number[] = [];
    for await (const { part, reader, rows } of readParts(options)) {
      parts.push(part);
      assert.ok(reader < 3);
      counts.push(rows!.batches.reduce((sum, { count }) => sum + count, 0));
    }
    assert.deepEqual(parts, Array.from({ length: partCountOf(options.plan) }, (_, part) => part));
    assert.equal(counts.reduce((a, b) => a + b), 500);
  });

  it("gives a part without rows where its reader could not read it", async () => {
    const options = await optionsOf(`a,b,1\n"c\nd",e,2\n${"f,g,3\n".repeat(9)}`, 9);
    const read = [];
    for await (const { rows } of readParts(options)) {
      read.push(rows !== undefined);
      if (rows === undefined) break;
    }
    assert.deepEqual(read, [false]);
  });

  it("says what a thread died of", async () => {
    const options = await optionsOf("a,b,1\n".repeat(50), 32);
    const dying = "onmessage = ({ data }) => { if (data === 3) throw new Error('out of luck'); " +
      "if (typeof data === 'number') postMessage({ part: data }); };";
    const parts: number[] = [];
    const reading = (async () => {
      for await (const { part } of readParts({ ...options, entry: program(dying) })) parts.push(part);
    })();
    await assert.rejects(reading, (error: Error) => {
      assert.ok(error instanceof OutsideFailure);
      assert.match(error.message, /a thread that read "a\.csv" ended: .*out of luck/);
      return true;
    });
    assert.ok(parts.length <= 3);
  });

  it("says why a thread cannot read on", async () => {
    const options = await optionsOf("a,b,1\n".repeat(50), 33);
    await Deno.truncate(options.path, 100);
    const reading = (async () => {
      for await (const _ of readParts(options));
    })();
    await assert.rejects(reading, (error: Error) => {
      assert.ok(error instanceof OutsideFailure);
      assert.match(error.message, /cannot read "a\.csv" any further/);
      assert.match((error.cause as Error).message, /ended at 100 of 300 bytes/);
      return true;
    });
    await Deno.remove(options.path);
    await assert.rejects(readParts(options).next(), OutsideFailure);
  });

  it("ends when it is told to, also while it waits for a thread that says nothing", async () => {
    const options = await optionsOf("a,b,1\n".repeat(50), 34), stop = new AbortController();
    const silent = program("onmessage = () => {};");
    const next = readParts({ ...options, entry: silent, signal: stop.signal }).next();
    stop.abort(new Error("enough"));
    await assert.rejects(next, /enough/);
    await assert.rejects(readParts({ ...options, signal: stop.signal }).next(), /enough/);
  });

  it("leaves no thread behind, however it ends", async () => {
    const options = await optionsOf("a,b,1\n".repeat(50), 35);
    // A worker that runs would answer on the channel.
    const echo = program(
      "const channel = new BroadcastChannel('part threads'); channel.onmessage = ({ data }) => { " +
        "if (data === 'who') channel.postMessage('me'); }; " +
        "onmessage = ({ data }) => { if (typeof data === 'number') postMessage({ part: data }); };",
    );
    const channel = new BroadcastChannel("part threads");
    let answers = 0;
    channel.onmessage = ({ data }) => {
      if (data === "me") answers++;
    };
    const asked = async () => {
      answers = 0;
      channel.postMessage("who");
      await new Promise((resolve) => setTimeout(resolve, 100));
      return answers;
    };
    const parts = readParts({ ...options, entry: echo });
    await parts.next();
    assert.ok(await asked() > 0);
    await parts.return(undefined);
    assert.equal(await asked(), 0);
    channel.close();
  });
});
