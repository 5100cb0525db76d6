import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { evaluate, evaluateCommand, type EvaluateSettings } from "../../src/commands/evaluate.ts";
import { evaluationDocument } from "../../src/commands/evaluate/evaluate_output.ts";
import { protocolOf } from "../../src/commands/evaluate/evaluate_protocols.ts";
import { parseConfig } from "../../src/config.ts";
import { eventLines } from "../../src/commands/generate/generate_lines.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";

const DATA = new URL("../../../shared/data/", import.meta.url);

/** False, or why the test cannot run: the data may not be part of the project. */
function isMissing(name: string): string | false {
  try {
    Deno.statSync(new URL(name, DATA));
    return false;
  } catch {
    return `${name} is not in ../shared/data`;
  }
}

function settingsOf(given: Record<string, unknown> = {}): EvaluateSettings {
  return parseConfig(
    [
      "feedback",
      "factors",
      "epochs",
      "regularization",
      "unobservedWeight",
      "popularityExponent",
      "threads",
      "holdout",
      "split",
      "seed",
      "json",
    ],
    given,
  );
}

/** Values by metric name. */
async function figuresOf(protocol: string, data: string, given: Record<string, unknown> = {}) {
  const flags = { data: new URL(data, DATA).pathname, fold: "1" };
  const result = await evaluate(protocolOf(protocol), flags, settingsOf(given), {}, () => {});
  const { metrics, baseline } = evaluationDocument(result) as {
    metrics: Record<string, { value: number; low: number; high: number }>;
    baseline: { metrics: Record<string, { value: number }> };
  };
  return { metrics, baseline: baseline.metrics };
}

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

describe("evaluate on a planted world", () => {
  const file = () => `${folder}/ratings.csv`;
  beforeAll(async () => {
    const world = plantWorld({ userCount: 300, itemCount: 200, eventCount: 12_000 });
    await Deno.writeTextFile(file(), [...eventLines(world, "csv")].join(""));
  });

  it("finds ratings by itself and is better than the baseline, by more than the interval", async () => {
    const { metrics, baseline } = await figuresOf("holdout", file(), { factors: 8 });
    assert.deepEqual(Object.keys(metrics), ["rmse", "mae"]);
    assert.ok(metrics.rmse.high < baseline.rmse.value, JSON.stringify({ metrics, baseline }));
  });

  it("gives the same figures again, whatever the number of threads", async () => {
    const one = await figuresOf("holdout", file(), { factors: 8, threads: 1, epochs: 3 });
    const two = await figuresOf("holdout", file(), { factors: 8, threads: 2, epochs: 3 });
    assert.deepEqual(one, two);
  });

  it("tunes without the test rows: the trials are the same whatever stands in them", async () => {
    const lines = (await Deno.readTextFile(file())).trimEnd().split("\n");
    const trialsOf = async () => {
      const flags = { data: file(), fold: "1", tune: true };
      const settings = settingsOf({ factors: 4, epochs: 2, holdout: 0.2, split: "time" });
      const { splits } = await evaluate(protocolOf("holdout"), flags, settings, {}, () => {});
      return splits[0].tuning!.trials;
    };
    const before = await trialsOf();
    // The newest of each user are the test rows; all of these ratings become 1.
    const newest = new Map<string, number>();
    lines.forEach((line, at) => at > 0 && newest.set(line.split(",")[0], at));
    for (const at of newest.values()) lines[at] = lines[at].replace(/^([^,]+,[^,]+),[^,]+/, "$1,1");
    await Deno.writeTextFile(file(), `${lines.join("\n")}\n`);
    assert.deepEqual(await trialsOf(), before);
  });

  it("refuses another kind of feedback than the protocol's", async () => {
    const settings = settingsOf({ feedback: "implicit" });
    const flags = { data: folder, fold: "1" };
    await assert.rejects(
      evaluate(protocolOf("ml1m-fold"), flags, settings, {}, () => {}),
      /--feedback was given "implicit"; ml1m-fold is about explicit/,
    );
  });
});

describe("evaluateCommand", () => {
  it("lists the protocols in its help", () => {
    let help = "";
    evaluateCommand().configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
    for (const part of ["ml100k-folds", "implicit-lists", "--tune", "--data", "Examples:"]) {
      assert.ok(help.includes(part), part);
    }
  });
});

describe("the protocols on real data", () => {
  it(
    "ML-100K u1..u5 at 64 factors: mean RMSE at most .916",
    { skip: isMissing("movielens-100k") },
    async () => {
      const { metrics, baseline } = await figuresOf("ml100k-folds", "movielens-100k");
      assert.ok(metrics.rmse.value <= 0.916, `${metrics.rmse.value}`);
      assert.ok(metrics.rmse.high < baseline.rmse.value);
    },
  );

  it("ML-1M fold 1 at 64 factors: RMSE at most .852", { skip: isMissing("movielens-1m") }, async () => {
    const { metrics } = await figuresOf("ml1m-fold", "movielens-1m");
    assert.ok(metrics.rmse.value <= 0.852, `${metrics.rmse.value}`);
  });

  it("ML-1M implicit at 128 factors: R@20 and N@20 at least .2780 and .2670", {
    skip: isMissing("movielens-1m"),
  }, async () => {
    const { metrics, baseline } = await figuresOf("implicit-lists", "movielens-1m", { factors: 128 });
    assert.ok(metrics["recall@20"].value >= 0.278, `${metrics["recall@20"].value}`);
    assert.ok(metrics["ndcg@20"].value >= 0.267, `${metrics["ndcg@20"].value}`);
    assert.ok(metrics["ndcg@20"].low > baseline["ndcg@20"].value);
  });

  it("Spark's sample is fitted, too", { skip: isMissing("spark") }, async () => {
    const { metrics } = await figuresOf("holdout", "spark/sample_movielens_ratings.txt", { factors: 10 });
    assert.ok(metrics.rmse.value < 1.5, `${metrics.rmse.value}`);
  });
});
