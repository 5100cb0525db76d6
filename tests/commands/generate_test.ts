import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryEventLog } from "../../src/adapters/memory/event_log.ts";
import { MemoryItemCatalog } from "../../src/adapters/memory/item_catalog.ts";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { MemoryTopics } from "../../src/adapters/memory/topics.ts";
import { generate, type GenerateSettings, toLog, toTopic } from "../../src/commands/generate.ts";
import { parseConfig } from "../../src/config.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";
import { plantTitles } from "../../src/synthesize/titles.ts";
import { foz } from "../system/program.ts";

const settingsOf = (given: Record<string, unknown> = {}): GenerateSettings =>
  parseConfig(["store", "kafka", "feedback", "seed", "json"], { store: "memory:", ...given });

const SMALL = { users: "50", itemCount: "40", count: "300" };

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

/** What a call prints. */
async function printed(work: () => Promise<void>): Promise<string> {
  const { log } = console;
  let text = "";
  console.log = (line: string) => void (text += `${line}\n`);
  try {
    await work();
    return text;
  } finally {
    console.log = log;
  }
}

describe("generate", () => {
  it("writes events and titles, the same for the same flags", async () => {
    const [first, second] = [`${folder}/a.csv`, `${folder}/b.csv`];
    const text = await printed(() =>
      generate({ ...SMALL, to: first, items: `${folder}/titles.csv` }, settingsOf({ seed: 4 }))
    );
    assert.match(text, /300 events of 50 users and 40 items/);
    await printed(() => generate({ ...SMALL, to: second }, settingsOf({ seed: 4 })));
    const content = await Deno.readTextFile(first);
    assert.equal(content, await Deno.readTextFile(second));
    assert.equal(content.split("\n").length, 1 + 300 + 1);
    assert.equal((await Deno.readTextFile(`${folder}/titles.csv`)).split("\n").length, 1 + 40 + 1);
    await printed(() => generate({ ...SMALL, to: second }, settingsOf({ seed: 5 })));
    assert.notEqual(content, await Deno.readTextFile(second));
  });

  it("prints one document with --json, with all that the world follows from", async () => {
    const to = `${folder}/c.ndjson`;
    const text = await printed(() =>
      generate({ ...SMALL, to }, settingsOf({ json: true, feedback: "implicit" }))
    );
    const { events, options } = JSON.parse(text);
    assert.equal(events, 300);
    assert.deepEqual([options.userCount, options.feedback, options.seed], [50, "implicit", 1]);
  });

  it("refuses numbers that are none and worlds that cannot be", async () => {
    const to = `${folder}/d.csv`;
    await assert.rejects(generate({ to, users: "many" }, settingsOf()), /--users was given "many"/);
    await assert.rejects(generate({ to, count: "" }, settingsOf()), /--count was given ""/);
    await assert.rejects(generate({ ...SMALL, to, users: "2" }, settingsOf()), /an integer from 1 to 32/);
    await assert.rejects(generate({ ...SMALL, to, format: "xml" }, settingsOf()), /--format was given "xml"/);
    await assert.rejects(generate({ ...SMALL }, settingsOf()), /needs --to/);
    await assert.rejects(
      generate({ ...SMALL, to, rate: "5" }, settingsOf()),
      /--rate was given without --function/,
    );
    await assert.rejects(generate({ ...SMALL, to: "topic:x" }, settingsOf()), /there are no topics/);
    await assert.rejects(Deno.stat(to));
  });

  it("writes to standard output and nothing else there", async () => {
    const { code, stdout } = await foz(["generate", "--to", "-", "--count", "20", "--format", "ndjson"]);
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.length, 20);
    assert.deepEqual(Object.keys(lines[0]), ["userId", "itemId", "value", "time"]);
  });
});

describe("foz generate --function", () => {
  it("prints observations, and says on standard error what they were", async () => {
    const { code, stdout, stderr } = await foz([
      "generate",
      "--function",
      "sine",
      "--to",
      "-",
      "--count",
      "30",
    ]);
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.length, 30);
    assert.deepEqual(Object.keys(lines[0].features), ["x0", "x1"]);
    assert.match(stderr, /^30 observations of sine, seed 1/);
  });

  it("switches the concept on a line of standard input", async () => {
    const args = [
      "generate",
      "--function",
      "logical",
      "--to",
      "-",
      "--control",
      "--rate",
      "100",
      "--count",
      "60",
    ];
    const { stdout } = await foz(args, { stdin: "and\n" });
    const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const concepts = lines.flatMap(({ truth }) => truth?.concept ?? []);
    assert.deepEqual([lines.length, concepts.at(-1)], [60, "and"]);
  });

  it("lists functions, and refuses one that there is not", async () => {
    assert.match((await foz(["generate", "--list"])).stdout, /^friedman: /);
    const { code, stderr } = await foz(["generate", "--function", "tide", "--to", "-"]);
    assert.equal(code, 2);
    assert.match(stderr, /the stream 'tide' cannot be read/);
  });
});

describe("toTopic", () => {
  it("sends every event in order, keyed by its user", async () => {
    const world = plantWorld({ userCount: 50, itemCount: 40, eventCount: 300 });
    const topics = new MemoryTopics(systemClock), end = new AbortController(), read: string[] = [];
    await toTopic(topics, "foz.events", world);
    await topics.consume({ topics: ["foz.events"], group: "g", from: "beginning" }, async ({ messages }) => {
      for (const { key, value } of messages) {
        const event = JSON.parse(new TextDecoder().decode(value));
        assert.equal(new TextDecoder().decode(key), event.userId);
        read.push(`${event.userId} ${event.itemId} ${event.value} ${event.time}`);
      }
      if (read.length >= 300) end.abort();
    }, end.signal);
    const { users, items, values, timesMs } = world.events;
    assert.deepEqual(
      read,
      Array.from(users, (user, k) => `u${user} i${items[k]} ${values[k]} ${timesMs[k]}`),
    );
    await topics.close();
  });
});

describe("toLog", () => {
  it("appends the events once and puts every title", async () => {
    const world = plantWorld({ userCount: 50, itemCount: 40, eventCount: 300 });
    const eventLog = new MemoryEventLog(), catalog = new MemoryItemCatalog();
    await toLog({ eventLog, catalog }, world);
    await toLog({ eventLog, catalog }, world);
    assert.equal(await eventLog.end(), 300);
    const [first] = await Array.fromAsync(eventLog.read());
    assert.deepEqual(first.values, world.events.values);
    assert.deepEqual(first.timesMs, world.events.timesMs);
    const titles = await catalog.titles(["i0", "i39"]);
    const planted = plantTitles(world.truth);
    assert.deepEqual([...titles], [["i0", planted[0]], ["i39", planted[39]]]);
    await eventLog.close();
  });
});
