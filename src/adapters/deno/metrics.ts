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
  foz_generation_load_failures_total: "Generations that could not be loaded",
  foz_generation_number: "Sequence number of the generation that answers",
  foz_model_users: "Users of the generation that answers",
  foz_model_items: "Items of the generation that answers",
  foz_process_resident_bytes: "Memory of the process",
};

const NO_LABELS: Labels = {};

/** What prom-client keeps for one name and one set of labels. */
interface Child {
  inc?(by: number): void;
  set?(value: number): void;
  observe?(seconds: number): void;
}

type Family = Counter<string> | Gauge<string> | Histogram<string>;

export class PromMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #families = new Map<string, Family>();
  /** By name and then by the labels object itself: callers of hot paths hand in the same one again. */
  readonly #children = new Map<string, WeakMap<Labels, Child>>();

  increment(name: string, labels: Labels = NO_LABELS, by = 1): void {
    this.#child(name, labels, "counter").inc!(by);
  }

  set(name: string, value: number, labels: Labels = NO_LABELS): void {
    this.#child(name, labels, "gauge").set!(value);
  }

  observe(name: string, seconds: number, labels: Labels = NO_LABELS): void {
    this.#child(name, labels, "histogram").observe!(seconds);
  }

  expose(): Promise<string> {
    this.set("foz_process_resident_bytes", Deno.memoryUsage().rss);
    return this.#registry.metrics();
  }

  #child(name: string, labels: Labels, kind: "counter" | "gauge" | "histogram"): Child {
    let children = this.#children.get(name);
    if (children === undefined) this.#children.set(name, children = new WeakMap());
    let child = children.get(labels);
    if (child === undefined) {
      child = this.#family(name, labels, kind).labels(labels) as Child;
      children.set(labels, child);
    }
    return child;
  }

  #family(name: string, labels: Labels, kind: "counter" | "gauge" | "histogram"): Family {
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
