import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { compare, type CompareFlags, type CompareSurroundings } from "../../src/commands/compare.ts";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import { fozJson } from "../system/program.ts";
import { UserFiles } from "./user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

const MEAN = `export default class {
  count = 0; mean = 0;
  predictOne() { return this.mean; }
  learnOne(_, y) { this.mean += (y - this.mean) / ++this.count; }
}`;

async function run(flags: CompareFlags, around: Partial<CompareSurroundings> = {}) {
  const printed: string[] = [];
  const summary = await compare({ target: "target", ...flags }, {
    seed: 1,
    json: true,
    kafka: "",
    store: "memory:",
    signal: new AbortController().signal,
    print: (line) => void printed.push(line),
    warn: () => {},
    ...around,
  });
  return { summary, printed, document: around.json === false ? undefined : JSON.parse(printed.at(-1)!) };
}

describe("foz compare", () => {
  it("lets a user's model take part like any other", async () => {
    const own = files.write("mean.js", MEAN);
    const { document: { models, events, truth } } = await run({
      model: ["mean", own, "scale | linear"],
      stream: "friedman(count=3000)",
    });
    assert.deepEqual([events, truth], [3000, [{ event: 0, concept: "friedman" }]]);
    assert.deepEqual(models.map(({ model, rank }: { model: string; rank: number }) => [model, rank]), [
      ["mean", 2],
      [own, 2],
      ["scale | linear", 1],
    ]);
    assert.ok(Math.abs(models[0].metrics.mae - models[1].metrics.mae) < 1e-9);
    assert.deepEqual([models[1].stateBytes, models[0].stateBytes > 0], [null, true]);
  });

  it("shows a table and notes to people, and lines while it runs", async () => {
    const flags = { model: ["mean", "last"], stream: "planes(count=2000)", every: "1000" };
    const { printed } = await run(flags, { json: false });
    assert.match(printed[0], /^1,000\/2,000: mean [\d.]+ · last [\d.]+$/);
    assert.match(
      printed.at(-1)!,
      /│ rank │ model │[^]*2,000 observations of planes\(count=2000\); ranked by mae, less is better\./,
    );
  });

  it("compares on several seeds", async () => {
    const { document } = await run({
      model: ["mean"],
      stream: "planes(count=500)",
      seeds: "3",
      metric: "rmse",
    });
    const [{ runs, metrics, spread }] = document.models;
    assert.deepEqual(runs.map(({ seed }: { seed: number }) => seed), [1, 2, 3]);
    const values = runs.map((one: { metrics: { rmse: number } }) => one.metrics.rmse).toSorted((
      a: number,
      b: number,
    ) => a - b);
    assert.deepEqual([metrics.rmse, spread.rmse], [values[1], [values[0], values[2]]]);
    const [{ metrics: alone }] =
      (await run({ model: ["mean"], stream: "planes(count=500, seed=2)", metric: "rmse" })).document.models;
    assert.equal(alone.rmse, runs[1].metrics.rmse);
  });

  it("compares labels on a file, with the task that the stream says", async () => {
    const file = files.write("labels.csv", "a,target\n" + "1,up\n-1,down\n".repeat(300));
    const own = files.write("up.js", 'export default { predictOne: () => "up", learnOne() {} };');
    const { document: { models: [logistic, up] } } = await run({ model: ["logistic", own], stream: file });
    assert.deepEqual([logistic.rank, up.rank, up.metrics.accuracy.toFixed(9)], [1, 2, "0.500000000"]);
    const { document: { models: [alone] } } = await run({ model: [own], stream: file });
    assert.deepEqual(Object.keys(alone.metrics)[0], "accuracy");
  });

  it("writes a page", async () => {
    const html = files.path("page.html");
    await run({
      model: ["mean", "last"],
      stream: "friedman-drift(first=400, second=800, count=1200)",
      detector: "adwin",
      html,
    });
    const page = await Deno.readTextFile(html);
    assert.ok(page.startsWith("<!doctype html>") && page.includes("swapped") && page.includes("uPlot"));
  });

  it("ends cleanly when it is stopped, and shows what there is", async () => {
    const stopped = new AbortController(), printed: string[] = [];
    const { summary } = await run({ model: ["mean"], stream: "friedman", every: "3000", seeds: "4" }, {
      signal: stopped.signal,
      json: false,
      print: (line) => {
        printed.push(line);
        stopped.abort();
      },
    });
    assert.deepEqual([summary.events, summary.seedCount, printed.length], [3000, 1, 2]);
  });

  it("fails when no model could learn anything", async () => {
    await assert.rejects(
      run({ model: ["tree-classifier"], stream: "stagger(count=50)" }),
      (error: Error) =>
        error instanceof OutsideFailure &&
        /none of them could learn anything; reading the feature/.test(error.message),
    );
  });

  it("runs as a command", async () => {
    const { models } = await fozJson([
      "compare",
      "--model",
      "mean",
      "--model",
      "last",
      "--stream",
      "planes",
      "--limit",
      "300",
    ]);
    assert.deepEqual(models.map(({ events }: { events: number }) => events), [300, 300]);
  });

  it("says what is wrong with its flags", async () => {
    const stream = "friedman(count=100)";
    const wrong: [CompareFlags, RegExp][] = [
      [{ model: ["mean"] }, /needs --stream, and --model/],
      [{ stream }, /needs --stream, and --model/],
      [{ model: ["mean"], stream, seeds: "0" }, /--seeds was given "0"/],
      [
        { model: ["mean"], stream: "friedman(seed=3)", seeds: "2" },
        /--seeds was given with 'friedman\(seed=3\)'/,
      ],
      [
        { model: ["mean"], stream: files.write("a.csv", "a,target\n1,2\n"), seeds: "2" },
        /which has one seed or none/,
      ],
      [{ model: ["mean"], stream: files.write("empty.csv", "a,target\n") }, /has no observation/],
      [{ model: ["mean", "logistic"], stream }, /models of one task are accepted/],
      [{ model: ["mean"], stream, metric: "accuracy" }, /"accuracy" of a regression/],
      [{ model: ["mean"], stream, detector: "magic" }, /drift detector 'magic'/],
      [{ model: ["mean"], stream, rate: "-1" }, /--rate was given "-1"/],
      [{ model: ["mean"], stream: "nothing" }, /no such file/],
    ];
    for (const [flags, message] of wrong) {
      await assert.rejects(
        run(flags),
        (error: Error) => error instanceof BadInput && message.test(error.message),
      );
    }
  });
});
