/** Counters, gauges and histograms. Names as Prometheus wants them (`foz_requests_total`), labels by name. */
export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  increment(name: string, labels?: Labels, by?: number): void;
  set(name: string, value: number, labels?: Labels): void;
  /** Seconds, into a histogram. */
  observe(name: string, seconds: number, labels?: Labels): void;
  /** The text exposition format of Prometheus. */
  expose(): Promise<string>;
}
