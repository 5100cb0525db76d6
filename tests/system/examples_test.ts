/** The examples, as their READMEs say, in folders of their own. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openTopics } from "../../src/commands/open_topics.ts";
import { KAFKA_URL, skipWithout } from "../services/test_services.ts";
import { ROOT } from "../tidy/source_files.ts";
import { foz } from "./program.ts";

let folder = "";
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

/** Copies a pipeline; `change` may do things quicker than people want to watch. */
async function copy(example: string, change: (text: string) => string): Promise<string> {
  const text = await Deno.readTextFile(`${ROOT}examples/${example}/pipeline.json`);
  await Deno.writeTextFile(`${folder}/pipeline.json`, change(text));
  return `${folder}/pipeline.json`;
}

/** Runs it with a quicker generator, and looks at what it leaves. `topics`: where they are, and how their names begin. */
async function checkDrift(topics: { readonly url: string; readonly prefix: string }): Promise<void> {
  await Deno.copyFile(`${ROOT}examples/drift/my_function.ts`, `${folder}/my_function.ts`);
  const file = await copy(
    "drift",
    (text) =>
      text.replace('"1500", "--to"', '"6000", "--to"').replaceAll("drift.", topics.prefix)
        .replace(`data/${topics.prefix}html`, "data/drift.html").replace("sqlite:data/topics.db", topics.url),
  );
  const { code, stdout, stderr } = await foz(["run", file]);
  assert.equal(code, 0, stderr + stdout);
  const page = await Deno.readTextFile(`${folder}/data/drift.html`);
  for (const model of ["scale | linear", "tree", "tree | reset-on-drift"]) {
    assert.ok(page.includes(model), model);
  }
  assert.match(stdout, /usual from 0, moved from 3000, usual from 6000/);
  const opened = await openTopics(topics.url.replace("sqlite:", `sqlite:${folder}/`));
  const places = (await opened.places(`${topics.prefix}predictions`))!;
  assert.ok(places.reduce((sum, { endOffset }) => sum + endOffset, 0) > 0);
  await opened.close();
}

describe("examples/drift", () => {
  it("ends by itself with a page of three models, and predictions on a topic", async () => {
    await checkDrift({ url: "sqlite:data/topics.db", prefix: "drift." });
  });

  it("does the same over a Kafka broker", { skip: skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") }, async () => {
    await checkDrift({ url: KAFKA_URL!, prefix: `drift-${Date.now()}.` });
  });
});

function withClient(text: string): string {
  return text.replace('"client.ts"', JSON.stringify(`${ROOT}examples/recommend/client.ts`));
}

function checkAnswers({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }): void {
  assert.equal(code, 0, stderr + stdout);
  const before = [...stdout.matchAll(/(u\d+) is recommended \(personal\): (.+?) \d\.\d\d,/g)];
  const after = [...stdout.matchAll(/and then: (.+)$/gm)];
  assert.deepEqual([before.length, after.length], [12, 12]);
  for (const [i, [, user, first]] of before.entries()) {
    assert.ok(!after[i][1].includes(first), `${user}: ${first}`);
  }
}

describe("examples/recommend", () => {
  it("answers over embedded topics, and what was disliked is gone", async () => {
    checkAnswers(await foz(["run", await copy("recommend", withClient)]));
  });

  it("answers over a Kafka broker", { skip: skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") }, async () => {
    // Topics and group of this run alone.
    const run = Date.now(), names = ["requests", "recommendations", "events"];
    const defaults = Object.fromEntries([
      ...names.map((name) => [`FOZ_KAFKA_${name.toUpperCase()}`, `example.${run}.${name}`]),
      ["FOZ_KAFKA_GROUP", `example.${run}`],
      ["FOZ_KAFKA", KAFKA_URL],
    ]);
    const file = await copy("recommend", (text) => {
      const plan = JSON.parse(withClient(text));
      return JSON.stringify({ ...plan, defaults: { ...plan.defaults, ...defaults } });
    });
    checkAnswers(await foz(["run", file]));
  });
});
