/** Metrics in memory, for the edge and for tests. */
import type { Labels, Metrics } from "../../ports/metrics.ts";

/** Upper bounds in seconds, as in adapters/deno/metrics.ts. */
const BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** `{route="/v1",status="200"}`, labels by name; empty without labels. */
function labelText(labels: Labels = {}): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) =>
    `${name}="${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function valueOf<V>(byName: Map<string, Map<string, V>>, name: string, labels: string, initial: () => V): V {
  let series = byName.get(name);
  if (series === undefined) byName.set(name, series = new Map());
  let value = series.get(labels);
  if (value === undefined) series.set(labels, value = initial());
  return value;
}

export class MemoryMetrics implements Metrics {
  readonly #counters = new Map<string, Map<string, { value: number }>>();
  readonly #gauges = new Map<string, Map<string, { value: number }>>();
  readonly #histograms = new Map<string, Map<string, Histogram>>();

  increment(name: string, labels?: Labels, by = 1): void {
    valueOf(this.#counters, name, labelText(labels), () => ({ value: 0 })).value += by;
  }

  set(name: string, value: number, labels?: Labels): void {
    valueOf(this.#gauges, name, labelText(labels), () => ({ value: 0 })).value = value;
  }

  observe(name: string, seconds: number, labels?: Labels): void {
    const initial = () => ({ counts: BUCKETS.map(() => 0), sum: 0, count: 0 });
    const histogram = valueOf(this.#histograms, name, labelText(labels), initial);
    histogram.sum += seconds;
    histogram.count++;
    for (let i = 0; i < BUCKETS.length; i++) if (seconds <= BUCKETS[i]) histogram.counts[i]++;
  }

  async expose(): Promise<string> {
    const lines: string[] = [];
    for (const [kind, byName] of [["counter", this.#counters], ["gauge", this.#gauges]] as const) {
      for (const [name, series] of byName) {
        lines.push(`# TYPE ${name} ${kind}`);
        for (const [labels, { value }] of series) lines.push(`${name}${labels} ${value}`);
      }
    }
    for (const [name, series] of this.#histograms) {
      lines.push(`# TYPE ${name} histogram`);
      for (const [labels, histogram] of series) lines.push(...histogramLines(name, labels, histogram));
    }
    return lines.join("\n") + "\n";
  }
}

function histogramLines(name: string, labels: string, { counts, sum, count }: Histogram): string[] {
  const open = labels === "" ? "{" : `${labels.slice(0, -1)},`;
  const buckets = BUCKETS.map((bound, i) => `${name}_bucket${open}le="${bound}"} ${counts[i]}`);
  return [
    ...buckets,
    `${name}_bucket${open}le="+Inf"} ${count}`,
    `${name}_sum${labels} ${sum}`,
    `${name}_count${labels} ${count}`,
  ];
}
