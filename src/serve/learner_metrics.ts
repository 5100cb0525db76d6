/** What a learner tells of itself, as metrics. */
import type { LearnerFigures, ValidationFigures } from "../domain/learner_figures.ts";
import type { Metrics } from "../ports/metrics.ts";

const SPANS = { window: { span: "window" }, total: { span: "total" } } as const;
const VALIDATION_METRICS: readonly [name: string, key: keyof ValidationFigures][] = [
  ["foz_validation_ranked_events", "rankedEvents"],
  ["foz_validation_recall_at_10", "recallAt10"],
  ["foz_validation_ndcg_at_10", "ndcgAt10"],
  ["foz_validation_popular_recall_at_10", "popularRecallAt10"],
  ["foz_validation_popular_ndcg_at_10", "popularNdcgAt10"],
  ["foz_validation_rated_events", "ratedEvents"],
  ["foz_validation_rmse", "rmse"],
  ["foz_validation_baseline_rmse", "baselineRmse"],
];

export function setLearnerMetrics(metrics: Metrics, figures: LearnerFigures): void {
  metrics.set("foz_learner_numeric_failures", figures.numericFailures);
  for (const span of ["window", "total"] as const) {
    for (const [name, key] of VALIDATION_METRICS) {
      const value = figures[span][key];
      if (value !== undefined) metrics.set(name, value, SPANS[span]);
    }
  }
  metrics.set("foz_validation_drifts", figures.driftCount);
  const { documents } = figures;
  if (documents === undefined) return;
  metrics.set("foz_documents_waiting", documents.waiting);
  metrics.set("foz_documents_lag_seconds", documents.lagMs / 1000);
  metrics.set("foz_documents_refreshed", documents.refreshed);
}
