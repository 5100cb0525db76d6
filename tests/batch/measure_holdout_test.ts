import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { planFit } from "../../src/batch/fit_parameters.ts";
import { measureHoldout } from "../../src/batch/measure_holdout.ts";
import type { TrainingProgress } from "../../src/batch/training_report.ts";
import { interactionsOf, twoGroups } from "./columns.ts";
import { inlineCompute } from "./compute.ts";

const SETTINGS = { feedback: "auto", factorCount: 4, unobservedWeight: 0.3, popularityExponent: 0 } as const;
const OPTIONS = { holdout: 0.2, splitBy: "auto", seed: 1 } as const;

describe("measureHoldout", () => {
  it("finds that taste beats a baseline where there is taste, explicit and implicit", async () => {
    const ratings = interactionsOf(twoGroups(40, 30, (own) => own ? 5 : 1), 40, 30);
    const acts = interactionsOf(twoGroups(40, 30, (own) => own ? 1 : 0), 40, 30);
    for (const [interactions, metric] of [[ratings, "rmse"], [acts, "ndcg@10"]] as const) {
      const plan = planFit(interactions, SETTINGS);
      const report = (await measureHoldout(await inlineCompute(), interactions, plan, OPTIONS, () => {}))!;
      assert.equal(report.decisive.name, metric);
      const better = report.metrics[metric] - report.baseline[metric];
      assert.ok(report.decisive.smallerIsBetter ? better < -0.5 : better > 0.2, `${metric}: ${better}`);
    }
  });

  it("stops two epochs after the best one and reports each", async () => {
    const ratings = interactionsOf(twoGroups(40, 30, (own) => own ? 5 : 1), 40, 30);
    const plan = planFit(ratings, { ...SETTINGS, epochCount: 40 });
    const heard: TrainingProgress[] = [];
    const report =
      (await measureHoldout(await inlineCompute(), ratings, plan, OPTIONS, (one) => heard.push(one)))!;
    const rmse = report.epochs.map((epoch) => epoch.metrics!.rmse);
    assert.equal(rmse.indexOf(Math.min(...rmse)) + 1, report.bestEpoch);
    if (report.epochs.length < 40) assert.equal(report.epochs.length, report.bestEpoch + 2);
    assert.deepEqual(heard.map((one) => one.epoch?.epoch), report.epochs.map((epoch) => epoch.epoch));
    assert.ok(heard.every((one) => one.phase === "measure" && one.progress > 0.1 && one.progress <= 0.5));
  });

  it("measures nothing where nothing can be held out", async () => {
    const single = interactionsOf([[0, 0, 1]], 1, 1);
    const plan = planFit(single, SETTINGS);
    assert.equal(await measureHoldout(await inlineCompute(), single, plan, OPTIONS, () => {}), undefined);
  });

  it("holds out each user's newest interactions where there are times", async () => {
    // Everybody liked item k at time k; the newest two of ten are held out: items 8 and 9.
    const rows = Array.from(
      { length: 300 },
      (_, k) => [k % 30, Math.floor(k / 30), 1, 1 + Math.floor(k / 30)] as const,
    );
    const interactions = interactionsOf(rows, 30, 10);
    const plan = planFit(interactions, SETTINGS);
    const report = (await measureHoldout(await inlineCompute(), interactions, plan, OPTIONS, () => {}))!;
    assert.equal(report.baseline["recall@10"], 1, "two items are left to list: both are the ones held out");
    assert.equal(report.measuredCount, 30);
  });
});
