import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { MemoryTopics } from "../../../src/adapters/memory/topics.ts";
import {
  fileSink,
  messagesSent,
  outputSink,
  topicSink,
  wholeLines,
} from "../../../src/commands/generate/generate_sink.ts";
import type { Observation } from "../../../src/domain/observation.ts";
import type { MessageBatch } from "../../../src/ports/topic.ts";
import { UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

const observations = [1, 2, 3].map((x): Observation => ({
  features: { x },
  target: 10 * x,
  ...(x === 2 ? { truth: { event: 101, concept: "storm" } } : {}),
}));

async function written(
  path: string,
  format: "csv" | "ndjson",
  appends: boolean,
  done: number,
): Promise<string> {
  const sink = await fileSink(path, { format, appends, done });
  for (const one of observations) assert.equal(await sink.write([one]), true);
  await sink.close();
  return await Deno.readTextFile(path);
}

describe("fileSink", () => {
  it("writes lines of JSON with the truth in them", async () => {
    const text = await written(files.path("a.ndjson"), "ndjson", false, 0);
    assert.equal(
      text,
      '{"features":{"x":1},"target":10}\n' +
        '{"features":{"x":2},"target":20,"truth":{"event":101,"concept":"storm"}}\n' +
        '{"features":{"x":3},"target":30}\n',
    );
  });

  it("writes CSV, and beside it the truth by its row", async () => {
    const path = files.path("a.csv");
    assert.equal(await written(path, "csv", false, 0), "x,target\n1,10\n2,20\n3,30\n");
    assert.equal(
      await Deno.readTextFile(`${path}.truth.ndjson`),
      '{"row":1,"event":101,"concept":"storm"}\n',
    );
  });

  it("goes on behind what is there, with one header", async () => {
    const path = files.path("b.csv");
    await written(path, "csv", true, 0);
    assert.equal(await written(path, "csv", true, 3), "x,target\n1,10\n2,20\n3,30\n1,10\n2,20\n3,30\n");
    assert.match(await Deno.readTextFile(`${path}.truth.ndjson`), /"row":1,.*\n.*"row":4,/);
    assert.equal(await written(path, "csv", false, 0), "x,target\n1,10\n2,20\n3,30\n");
  });

  it("says where it cannot write", async () => {
    const path = files.path("no/such/folder.csv");
    await assert.rejects(
      fileSink(path, { format: "csv", appends: false, done: 0 }),
      /opening .*folder.csv to write/,
    );
  });
});

describe("outputSink", () => {
  it("ends quietly when nobody reads any more", async () => {
    let text = "", isClosed = false;
    const output = new WritableStream<Uint8Array>({
      write(bytes) {
        if (isClosed) throw new Deno.errors.BrokenPipe("gone");
        text += new TextDecoder().decode(bytes);
      },
    });
    const sink = outputSink("csv", output);
    assert.equal(await sink.write(observations), true);
    isClosed = true;
    assert.equal(await sink.write(observations), false);
    assert.equal(text, "x,target\n1,10\n2,20\n3,30\n");
  });
});

describe("topicSink", () => {
  it("keeps the order in a topic of several partitions, and can be counted", async () => {
    const topics = new MemoryTopics(systemClock);
    await topics.create("t", 3);
    assert.equal(await messagesSent(topics, "t"), 0);
    const sink = await topicSink(topics, "t");
    for (let k = 0; k < 10; k++) await sink.write(observations);
    assert.equal(await messagesSent(topics, "t"), 30);
    assert.equal(await messagesSent(topics, "none"), 0);
    const end = new AbortController(), read: unknown[] = [];
    await topics.consume(
      { topics: ["t"], group: "g", from: "beginning" },
      async ({ messages }: MessageBatch) => {
        for (const { value } of messages) read.push(JSON.parse(new TextDecoder().decode(value)));
        if (read.length === 30) end.abort();
      },
      end.signal,
    );
    assert.deepEqual(read.slice(0, 3), observations.map((one) => ({ ...one })));
    assert.deepEqual(read.slice(27), read.slice(0, 3));
    await topics.close();
  });
});

describe("wholeLines", () => {
  it("counts observations, and gives the last lines", async () => {
    assert.deepEqual(await wholeLines(files.path("none.csv"), "csv"), { count: 0, lastLines: [] });
    const lines = Array.from({ length: 1000 }, (_, k) => `${k},ü${"x".repeat(200)}\n`);
    const path = files.write("long.csv", `a,target\n${lines.join("")}`);
    const { count, lastLines } = await wholeLines(path, "csv");
    assert.equal(count, 1000);
    assert.deepEqual(lastLines.map((line) => `${line}\n`), lines.slice(-200));
    assert.equal((await wholeLines(files.write("one.csv", "a,target\n"), "csv")).count, 0);
  });

  it("cuts off a line that was not written whole, and nothing else", async () => {
    for (const torn of ["", "5", "5,ü", '{"é']) {
      const path = files.write("torn.csv", `a,target\n1,2\n3,4\n${torn}`);
      assert.deepEqual(await wholeLines(path, "csv"), { count: 2, lastLines: ["1,2", "3,4"] });
      assert.equal(await Deno.readTextFile(path), "a,target\n1,2\n3,4\n");
    }
    const header = files.write("header.csv", "a,tar");
    assert.equal((await wholeLines(header, "csv")).count, 0);
    assert.equal(await Deno.readTextFile(header), "");
  });
});
