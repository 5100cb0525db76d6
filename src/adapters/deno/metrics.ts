/** Metrics by prom-client, with what it knows about the process. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Labels, Metrics } from "../../ports/metrics.ts";

/** Upper bounds in seconds: from a list out of memory to a wait for an event. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** What each metric means. A name that is missing here is its own help. */
const HELP: Readonly<Record<string, string>> = {
  foz_http_requests_total: "Requests answered, by route, method and status",
  foz_http_request_seconds: "Time from a request's arrival in the program to its answer",
  foz_events_total: "Events taken over HTTP, by what became of them",
  foz_applied_offset: "The answers know all events of the log below this offset",
  foz_log_end_offset: "Offset after the last record of the log",
  foz_lag_events: "Records of the log that the answers do not know yet",
  foz_lag_seconds: "How long the oldest of them has been known",
  foz_learner_numeric_failures: "Rows that stayed as they were because their solution was not finite",
  foz_validation_ranked_events: "Events whose item was looked for in the list before they were learned",
  foz_validation_recall_at_10: "Share of them that were among the first ten",
  foz_validation_ndcg_at_10: "The same, discounted by rank",
  foz_validation_popular_recall_at_10: "The same share of the most popular items",
  foz_validation_popular_ndcg_at_10: "The same, discounted by rank, of the most popular items",
  foz_validation_rated_events: "Ratings that were predicted before they were learned",
  foz_validation_rmse: "Root mean squared error of these predictions",
  foz_validation_baseline_rmse: "The same of the items' damped means",
  foz_validation_drifts: "Times that a detector saw these figures change, since the generation",
  foz_documents_waiting: "Users whose stored list is to be made anew",
  foz_documents_lag_seconds: "How long the one of them has waited who has waited longest",
  foz_documents_refreshed: "Stored lists that were made anew since the learner was started",
  foz_updates_dropped_total:
    "Learned rows that were dropped because they are of a generation that does not answer",
  foz_generation_load_failures_total: "Generations that could not be loaded",
  foz_generation_number: "Sequence number of the generation that answers",
  foz_model_users: "Users of the generation that answers",
  foz_model_items: "Items of the generation that answers",
  foz_bridge_answers_total: "Requests of a topic that were answered, by basis",
  foz_bridge_events_total: "Events taken from a topic, by what became of them",
  foz_bridge_dead_total: "Messages that could not be used and went to TOPIC.dead, by topic",
  foz_bridge_lag_messages: "Messages of a topic that the bridge's group has not finished",
  foz_bridge_failures_total: "Times that the bridge had to begin again because something outside failed",
  foz_process_resident_bytes: "Memory of the process",
};

const NO_LABELS: Labels = {};

/** Observations that are kept back before the library gets them. */
const KEPT_OBSERVATIONS = 256;

/**
 * One name with one set of labels. The library's own counting takes microseconds when its code is cold, which it is
 * between two requests: so increments and observations are kept here and handed on together.
 */
class Series {
  readonly #family: Family;
  readonly #labels: Labels;
  readonly #kept: Float64Array | undefined;
  #keptCount = 0;
  #increment = 0;

  constructor(family: Family, labels: Labels) {
    this.#family = family;
    this.#labels = labels;
    this.#kept = family instanceof Histogram ? new Float64Array(KEPT_OBSERVATIONS) : undefined;
  }

  increment(by: number): void {
    this.#increment += by;
  }

  set(value: number): void {
    (this.#family as Gauge<string>).set(this.#labels, value);
  }

  observe(seconds: number): void {
    this.#kept![this.#keptCount++] = seconds;
    if (this.#keptCount === KEPT_OBSERVATIONS) this.handOn();
  }

  handOn(): void {
    if (this.#family instanceof Counter) this.#family.inc(this.#labels, this.#increment);
    this.#increment = 0;
    for (let i = 0; i < this.#keptCount; i++) {
      (this.#family as Histogram<string>).observe(this.#labels, this.#kept![i]);
    }
    this.#keptCount = 0;
  }
}

type Kind = "counter" | "gauge" | "histogram";
type Family = Counter<string> | Gauge<string> | Histogram<string>;

export class PromMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #families = new Map<string, Family>();
  /** By name and labels. */
  readonly #series = new Map<string, Series>();
  /** The same by name and by the labels object itself: callers of hot paths hand in the same one again. */
  readonly #byObject = new Map<string, WeakMap<Labels, Series>>();

  increment(name: string, labels: Labels = NO_LABELS, by = 1): void {
    this.#seriesOf(name, labels, "counter").increment(by);
  }

  set(name: string, value: number, labels: Labels = NO_LABELS): void {
    this.#seriesOf(name, labels, "gauge").set(value);
  }

  observe(name: string, seconds: number, labels: Labels = NO_LABELS): void {
    this.#seriesOf(name, labels, "histogram").observe(seconds);
  }

  expose(): Promise<string> {
    this.set("foz_process_resident_bytes", Deno.memoryUsage().rss);
    for (const series of this.#series.values()) series.handOn();
    return this.#registry.metrics();
  }

  #seriesOf(name: string, labels: Labels, kind: Kind): Series {
    let byObject = this.#byObject.get(name);
    if (byObject === undefined) this.#byObject.set(name, byObject = new WeakMap());
    let series = byObject.get(labels);
    if (series === undefined) {
      const key = JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1)]);
      series = this.#series.get(key) ?? new Series(this.#family(name, labels, kind), labels);
      this.#series.set(key, series);
      byObject.set(labels, series);
    }
    return series;
  }

  #family(name: string, labels: Labels, kind: Kind): Family {
    const known = this.#families.get(name);
    if (known !== undefined) return known;
    const options = {
      name,
      help: HELP[name] ?? name,
      labelNames: Object.keys(labels),
      registers: [this.#registry],
    };
    const family = kind === "counter"
      ? new Counter(options)
      : kind === "gauge"
      ? new Gauge(options)
      : new Histogram({ ...options, buckets: BUCKETS });
    this.#families.set(name, family);
    return family;
  }
}
