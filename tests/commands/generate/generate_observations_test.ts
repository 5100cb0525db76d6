import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { MemoryTopics } from "../../../src/adapters/memory/topics.ts";
import {
  generateObservations,
  type GenerateSurroundings,
  type ObservationFlags,
  topicOf,
} from "../../../src/commands/generate/generate_observations.ts";
import { messagesSent } from "../../../src/commands/generate/generate_sink.ts";
import { BadInput } from "../../../src/domain/failure.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { lineFunction, UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

function generate(flags: ObservationFlags, around: Partial<GenerateSurroundings> = {}) {
  return generateObservations(flags, {
    seed: 1,
    kafka: "",
    signal: new AbortController().signal,
    warn: () => {},
    ...around,
  });
}

const DRIFT = { function: "sea", drift: "abrupt(at=300); gradual(at=900, width=100)" };

describe("generateObservations", () => {
  it("writes what it is told to, and reports the truth", async () => {
    const to = files.path("sea.ndjson"), { ms, ...report } = await generate({ ...DRIFT, to, count: "1200" });
    assert.ok(ms >= 0);
    assert.deepEqual(report, {
      to,
      function: "sea",
      seed: 1,
      from: 0,
      count: 1200,
      truth: [
        { event: 0, concept: "sum above 8" },
        { event: 300, concept: "sum above 9" },
        { event: 850, until: 950, concept: "sum above 7" },
      ],
    });
    const lines = (await Deno.readTextFile(to)).trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(lines.length, 1200);
    assert.deepEqual(lines.flatMap(({ truth }) => truth ?? []), report.truth);
  });

  for (const name of ["parts.ndjson", "parts.csv"]) {
    it(`${name}: in parts, one of them torn, it is the same as in one go`, async () => {
      const whole = files.path(`whole_${name}`), parts = files.path(name);
      await generate({ ...DRIFT, to: whole, count: "2500" });
      await generate({ ...DRIFT, to: parts, count: "700" });
      const text = await Deno.readTextFile(parts);
      await Deno.writeTextFile(parts, text.slice(0, -5));
      for (const count of ["701", "2500", "2500"]) {
        await generate({ ...DRIFT, to: parts, count, continue: true });
      }
      assert.equal(await Deno.readTextFile(parts), await Deno.readTextFile(whole));
      if (name.endsWith(".csv")) {
        const truth = (path: string) => Deno.readTextFileSync(`${path}.truth.ndjson`);
        assert.equal(truth(parts), truth(whole));
      }
    });
  }

  it("begins where it is told to", async () => {
    const all = files.path("all.ndjson"), later = files.path("later.ndjson");
    await generate({ ...DRIFT, to: all, count: "100" });
    const { from, count } = await generate({ ...DRIFT, to: later, count: "40", from: "60" });
    assert.deepEqual([from, count], [60, 40]);
    const linesOf = (path: string) => Deno.readTextFileSync(path).trimEnd().split("\n");
    assert.deepEqual(linesOf(later), linesOf(all).slice(60));
  });

  it("does not go on behind another stream", async () => {
    const to = files.path("other.csv");
    await generate({ ...DRIFT, to, count: "400" });
    const wrong: [Partial<ObservationFlags>, number][] = [[{}, 2], [{ drift: undefined }, 1], [{
      function: "sine",
      drift: undefined,
    }, 1], [{ from: "5" }, 1]];
    for (const [flags, seed] of wrong) {
      await assert.rejects(
        generate({ ...DRIFT, to, count: "500", continue: true, ...flags }, { seed }),
        BadInput,
      );
    }
  });

  it("sends to a topic, and goes on there", async () => {
    const topics = new MemoryTopics(systemClock);
    await generate({ ...DRIFT, to: "topic:obs", count: "50" }, { topics });
    const { from, count } = await generate({ ...DRIFT, to: "kafka:obs", count: "80", continue: true }, {
      topics,
    });
    assert.deepEqual([from, count, await messagesSent(topics, "obs")], [50, 30, 80]);
    await topics.close();
  });

  it("keeps to the rate, with times that follow from it", async () => {
    let ms = 0;
    const clock: Clock = { nowMs: () => ms, monotonicMs: () => ms, sleep: async (wait) => void (ms += wait) };
    const to = files.path("timed.ndjson");
    await generate({ ...DRIFT, to, count: "200", rate: "40" }, { clock });
    assert.ok(ms >= 199 / 40 * 1000 && ms < 5200, `${ms}`);
    const times = (await Deno.readTextFile(to)).trimEnd().split("\n").map((line) =>
      JSON.parse(line).time - Date.UTC(2025, 0, 1)
    );
    assert.deepEqual(times.slice(0, 4), [0, 25, 50, 75]);
  });

  it("switches the concept on a line, and says so on the stream; what is no concept changes nothing", async () => {
    let ms = 0;
    const topics = new MemoryTopics(systemClock), enough = new AbortController(), said: string[] = [];
    const wanted = Promise.withResolvers<void>();
    const commands = (async function* () {
      yield* ["nothing", "2", ""];
      await wanted.promise;
      yield "sum above 8";
    })();
    const report = await generate({ function: "sea", to: "topic:obs", rate: "1000" }, {
      topics,
      commands,
      signal: enough.signal,
      warn: (message) => void said.push(message),
      clock: {
        nowMs: () => ms,
        monotonicMs: () => ms,
        sleep: async (wait) => void (await Promise.resolve(), ms += wait),
      },
      onProgress: (done) => {
        if (done > 300) wanted.resolve();
        if (done > 3000) enough.abort();
      },
    });
    const concepts = report.truth.map(({ concept }) => concept);
    assert.deepEqual(concepts.slice(-2), ["sum above 7", "sum above 8"]);
    assert.ok(report.truth.at(-1)!.event >= 300 && report.count > 3000);
    assert.match(said[0], /no concept "nothing"/);
    assert.match(said.at(-1)!, /from position \d+ on: sum above 8/);
    await topics.close();
  });

  it("goes on with a changed function while it runs", async () => {
    let ms = 0, isChanged = false;
    const file = files.write("mine.ts", lineFunction(3)), to = files.path("mine.ndjson"), said: string[] = [];
    const report = await generate({ function: file, to, rate: "1000", count: "2000" }, {
      warn: (message) => void said.push(message),
      clock: { nowMs: () => ms, monotonicMs: () => ms, sleep: async (wait) => void (ms += wait) },
      onProgress: (done) => {
        if (done < 700 || isChanged) return;
        files.write("mine.ts", lineFunction(5));
        isChanged = true;
      },
    });
    const [first, second, ...none] = report.truth;
    assert.deepEqual([first.concept, second.concept, none], ["line", "line (version 2)", []]);
    assert.ok(second.event >= 700 && second.event < 2000);
    const lines = (await Deno.readTextFile(to)).trimEnd().split("\n").map((line) => JSON.parse(line));
    lines.forEach(({ features: { x }, target }, at) => assert.equal(target, (at < second.event ? 3 : 5) * x));
    assert.match(said[0], /on: line \(version 2\)/);
  });

  it("ends cleanly when it is stopped", async () => {
    const stopped = new AbortController();
    const { count } = await generate({ function: "sea", to: files.path("stopped.csv") }, {
      signal: stopped.signal,
      onProgress: (done) => done >= 3000 && stopped.abort(),
    });
    assert.equal(count, 3000);
  });

  it("says what is wrong with its flags", async () => {
    const to = files.path("wrong.csv");
    const wrong: [ObservationFlags, RegExp][] = [
      [{ function: "tide", to }, /the stream 'tide' cannot be read/],
      [{ function: "sea", to: "log" }, /the log takes what users do/],
      [{ function: "sea", to, count: "0" }, /--count was given "0"; accepted is a whole number from 1/],
      [{ function: "sea", to, rate: "0" }, /--rate was given "0"; accepted is a number above 0/],
      [{ function: "sea", to, from: "1.5" }, /--from was given "1.5"/],
      [{ function: "sea", to, format: "xml" }, /--format was given "xml"/],
      [{ function: "sea", to, concept: "9" }, /no concept "9"/],
      [{ function: "sea", to: "-", continue: true }, /--continue with --to -/],
      [{ function: "sea", to: "topic:x" }, /topics/],
      [{ function: files.path("none.ts"), to }, /no such file/],
      [{ function: files.write("f.ts", lineFunction(1)), to, timeout: "0" }, /--timeout was given "0"/],
    ];
    for (const [flags, message] of wrong) {
      await assert.rejects(
        generate(flags),
        (error: Error) => error instanceof BadInput && message.test(error.message),
      );
    }
  });
});

describe("topicOf", () => {
  it("reads both ways of writing it", () => {
    assert.deepEqual(["topic:a.b", "kafka:x", "a.csv", "-", "topic:"].map(topicOf), [
      "a.b",
      "x",
      undefined,
      undefined,
      undefined,
    ]);
  });
});
