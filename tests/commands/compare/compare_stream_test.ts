import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  type ComparedStreamOptions,
  openComparedStream,
} from "../../../src/commands/compare/compare_stream.ts";
import { generateObservations } from "../../../src/commands/generate/generate_observations.ts";
import type { ConceptChange } from "../../../src/domain/observation.ts";
import { UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

const never = new AbortController().signal;

/** Events and truths of a stream; `most`: lines after which the handler has enough. */
async function followed(stream: string, more: Partial<ComparedStreamOptions> = {}, most = Infinity) {
  const opened = await openComparedStream({
    stream,
    seed: 1,
    format: { target: "target" },
    kafka: "",
    store: "memory:",
    untilEnd: true,
    signal: never,
    warn: assert.fail,
    ...more,
  });
  const truth: (ConceptChange & { at: number })[] = [], targets: unknown[] = [];
  try {
    await opened.follow((lines) => {
      for (const line of lines) {
        const observation = line.refusal === undefined ? line.observation : undefined;
        if (observation?.truth !== undefined) truth.push({ at: targets.length, ...observation.truth });
        targets.push(observation?.target);
      }
      return targets.length < most;
    });
  } finally {
    await opened.close();
  }
  return { truth, targets, opened };
}

const DRIFT = { function: "sine", drift: "abrupt(at=300)", count: "700" };
const TRUTH = [{ at: 0, event: 0, concept: "sine1" }, { at: 300, event: 300, concept: "sine1 reversed" }];

function generate(to: string, kafka = "") {
  return generateObservations({ ...DRIFT, to }, { seed: 1, kafka, signal: never, warn: assert.fail });
}

describe("openComparedStream", () => {
  it("knows a synthetic stream's task, length and seed", async () => {
    const { truth, targets, opened } = await followed("sine(count=700)", { drift: DRIFT.drift });
    assert.deepEqual([opened.task, opened.count, opened.seed, targets.length], [
      "classification",
      700,
      1,
      700,
    ]);
    assert.deepEqual(truth, TRUTH);
    assert.equal((await followed("sine(seed=5, count=1)")).opened.seed, 5);
  });

  it("finds the truth of what was generated before, in lines of JSON, beside CSV, and on a topic", async () => {
    const kafka = `sqlite:${files.path("topics.db")}`;
    const { targets: expected } = await followed("sine(count=700)", { drift: DRIFT.drift });
    for (const to of [files.path("s.ndjson"), files.path("s.csv"), "topic:s"]) {
      await generate(to, kafka);
      const { truth, targets, opened } = await followed(to, { kafka });
      assert.deepEqual(truth, TRUTH, to);
      assert.deepEqual(targets.map(Boolean), expected.map(Boolean));
      assert.equal(opened.seed, undefined);
    }
  });

  it("ends when the handler has enough", async () => {
    const kafka = `sqlite:${files.path("more.db")}`;
    await generate("topic:s", kafka);
    assert.ok((await followed("friedman(count=50000)", {}, 100)).targets.length < 2000);
    assert.ok((await followed("topic:s", { kafka, untilEnd: false }, 100)).targets.length >= 100);
  });

  it("refuses the drift of a stream that is not made here, and a truth that is none", async () => {
    await assert.rejects(
      followed("a.csv", { drift: "abrupt(at=5)" }),
      /of synthetic streams; "a.csv" is none/,
    );
    const file = files.write("odd.csv", "a,target\n1,2\n");
    files.write("odd.csv.truth.ndjson", "not json\n");
    await assert.rejects(followed(file), /reading the truth in .*odd.csv.truth.ndjson/);
  });
});
