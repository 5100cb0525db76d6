/** Counts and times the requests of one endpoint. */
import type { Clock } from "../ports/clock.ts";
import type { Labels, Metrics } from "../ports/metrics.ts";
import type { Endpoint } from "./endpoint.ts";

export class RouteMetrics {
  readonly #metrics: Metrics;
  readonly #clock: Clock;
  readonly #route: Labels;
  readonly #method: string;
  /** One object for each status: adapters may remember what belongs to it. */
  readonly #byStatus = new Map<number, Labels>();

  constructor(metrics: Metrics, clock: Clock, { method, path }: Endpoint) {
    this.#metrics = metrics;
    this.#clock = clock;
    this.#method = method.toUpperCase();
    this.#route = { method: this.#method, route: path };
  }

  /** Gives the answer back. */
  done(response: Response, startMs: number): Response {
    const { status } = response;
    let labels = this.#byStatus.get(status);
    if (labels === undefined) {
      labels = { ...this.#route, status: String(status) };
      this.#byStatus.set(status, labels);
    }
    this.#metrics.increment("foz_http_requests_total", labels);
    this.#metrics.observe(
      "foz_http_request_seconds",
      (this.#clock.monotonicMs() - startMs) / 1000,
      this.#route,
    );
    return response;
  }
}
