import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { setLearnerMetrics } from "../../src/serve/learner_metrics.ts";

const figures = {
  ...{ generation: "g000001", appliedOffset: 9, numericFailures: 2 },
  window: { rankedEvents: 12, recallAt10: 0.25, ratedEvents: 3, rmse: 0.5 },
  total: { rankedEvents: 40, recallAt10: 0.5, ratedEvents: 0 },
  ...{ driftCount: 3, drifts: [] },
};

describe("setLearnerMetrics", () => {
  it("exposes what was measured, and nothing else", async () => {
    const metrics = new MemoryMetrics();
    setLearnerMetrics(metrics, figures);
    const text = await metrics.expose();
    for (
      const line of [
        'foz_validation_recall_at_10{span="window"} 0.25',
        'foz_validation_recall_at_10{span="total"} 0.5',
        'foz_validation_rmse{span="window"} 0.5',
        "foz_learner_numeric_failures 2",
        "foz_validation_drifts 3",
      ]
    ) assert.ok(text.includes(line), line);
    assert.doesNotMatch(text, /rmse\{span="total"|foz_documents/);
  });

  it("tells how far stored lists are behind, where there are some", async () => {
    const metrics = new MemoryMetrics();
    setLearnerMetrics(metrics, { ...figures, documents: { waiting: 5, lagMs: 2500, refreshed: 77 } });
    const text = await metrics.expose();
    assert.match(text, /foz_documents_waiting 5\b/);
    assert.match(text, /foz_documents_lag_seconds 2.5\b/);
    assert.match(text, /foz_documents_refreshed 77\b/);
  });
});
