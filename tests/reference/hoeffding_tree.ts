/**
 * Hoeffding trees that keep every observation and reckon everything anew from lists: two-pass variances, thresholds tried one
 * by one. Only for observations in which every feature is there.
 */

export interface Rules {
  readonly gracePeriod: number;
  readonly delta: number;
  readonly tau: number;
}

interface Row<T> {
  readonly x: readonly number[];
  readonly y: T;
}

type Node<T> =
  | { kind: "leaf"; seen: Row<T>[]; since: number }
  | { kind: "test"; feature: number; threshold: number; children: [PlainNode<T>, PlainNode<T>] };

interface PlainNode<T> {
  at: Node<T>;
  /** What it began with: rows for numbers, weights for classes. */
  begun: Row<T>[];
  weights: Map<T, number>;
}

function leafOf<T>(begun: Row<T>[], weights = new Map<T, number>()): PlainNode<T> {
  return { at: { kind: "leaf", seen: [], since: 0 }, begun, weights };
}

function find<T>(node: PlainNode<T>, x: readonly number[]): PlainNode<T> {
  while (node.at.kind === "test") node = node.at.children[x[node.at.feature] <= node.at.threshold ? 0 : 1];
  return node;
}

function boundOf(range: number, { delta }: Rules, n: number): number {
  return range * Math.sqrt(Math.log(1 / delta) / (2 * n));
}

function meanOf(ys: readonly number[]): number {
  return ys.length === 0 ? 0 : ys.reduce((sum, y) => sum + y, 0) / ys.length;
}

function varianceOf(ys: readonly number[]): number {
  if (ys.length < 2) return 0;
  const mean = meanOf(ys);
  return ys.reduce((sum, y) => sum + (y - mean) ** 2, 0) / (ys.length - 1);
}

/** Predicts means; thresholds are the values seen, rounded to a tenth. */
export class PlainRegressionTree {
  readonly #root = leafOf<number>([]);
  leafCount = 1;

  constructor(readonly rules: Rules & { readonly minSamples: number }) {}

  predict(x: readonly number[]): number {
    const { begun, at } = find(this.#root, x);
    return meanOf([...begun, ...(at as { seen: Row<number>[] }).seen].map(({ y }) => y));
  }

  learn(x: readonly number[], y: number): void {
    const node = find(this.#root, x), leaf = node.at as Extract<Node<number>, { kind: "leaf" }>;
    leaf.seen.push({ x, y });
    if (++leaf.since < this.rules.gracePeriod) return;
    leaf.since = 0;
    const all = [...node.begun, ...leaf.seen];
    const best = x.map((_, feature) => this.#bestOf(feature, all, leaf.seen)).sort((a, b) =>
      a.merit - b.merit
    );
    const [second, first] = [best.at(-2)!, best.at(-1)!];
    const bound = boundOf(1, this.rules, all.length);
    if (first.merit <= 0 || (second.merit / first.merit >= 1 - bound && bound >= this.rules.tau)) return;
    const { feature, threshold, below } = first, above = all.filter((row) => !below.includes(row));
    node.at = { kind: "test", feature, threshold, children: [leafOf(below), leafOf(above)] };
    this.leafCount++;
  }

  #bestOf(feature: number, all: Row<number>[], seen: Row<number>[]) {
    const thresholds = [...new Set(seen.map(({ x }) => Math.round(x[feature] * 10) / 10))].sort((a, b) =>
      a - b
    );
    let best = { feature, threshold: NaN, merit: -Infinity, below: [] as Row<number>[] };
    for (const threshold of thresholds) {
      const below = seen.filter(({ x }) => Math.round(x[feature] * 10) / 10 <= threshold);
      const above = all.filter((row) => !below.includes(row));
      const isWide = Math.min(below.length, above.length) >= this.rules.minSamples;
      const spread = (rows: Row<number>[]) => rows.length / all.length * varianceOf(rows.map(({ y }) => y));
      const merit = isWide ? varianceOf(all.map(({ y }) => y)) - spread(below) - spread(above) : 0;
      if (merit > best.merit) best = { feature, threshold, merit, below };
    }
    return best;
  }
}

function entropyOf(weights: readonly number[]): number {
  const total = weights.reduce((sum, w) => sum + w, 0);
  return weights.reduce((sum, w) => w > 0 ? sum - (w / total) * Math.log2(w / total) : sum, 0);
}

/** By Simpson's rule over a grid: slow, and surely the integral. */
function normalShare(from: number, to: number): number {
  const n = 2000, h = (to - from) / n, density = (x: number) => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(from) + density(to);
  for (let i = 1; i < n; i++) sum += (i % 2 === 1 ? 4 : 2) * density(from + i * h);
  return sum * h / 3;
}

/** Predicts shares of classes; thresholds cut the range of a feature into `splits` + 1 equal parts. */
export class PlainClassificationTree {
  readonly #root = leafOf<string>([]);
  leafCount = 1;

  constructor(readonly rules: Rules & { readonly splits: number; readonly minBranchFraction: number }) {}

  predict(x: readonly number[]): Map<string, number> {
    const { weights } = find(this.#root, x), total = [...weights.values()].reduce((sum, w) => sum + w, 0);
    return new Map([...weights].map(([label, weight]) => [label, weight / total]));
  }

  learn(x: readonly number[], y: string): void {
    const node = find(this.#root, x), leaf = node.at as Extract<Node<string>, { kind: "leaf" }>;
    leaf.seen.push({ x, y });
    node.weights.set(y, (node.weights.get(y) ?? 0) + 1);
    if (++leaf.since < this.rules.gracePeriod) return;
    leaf.since = 0;
    const weights = [...node.weights.values()].filter((w) => w > 0);
    const total = weights.reduce((sum, w) => sum + w, 0);
    if (weights.length < 2 || Math.max(...weights) / total > 0.99) return;
    const best = x.map((_, feature) => this.#bestOf(feature, node, leaf.seen)).sort((a, b) =>
      a.merit - b.merit
    );
    const [second, first] = [best.at(-2)!, best.at(-1)!];
    const bound = boundOf(Math.log2(weights.length), this.rules, total);
    if (first.merit === -Infinity || (first.merit - second.merit <= bound && bound >= this.rules.tau)) return;
    const [below, above] = first.sides;
    const children: [PlainNode<string>, PlainNode<string>] = [leafOf([], below), leafOf([], above)];
    node.at = { kind: "test", feature: first.feature, threshold: first.threshold, children };
    this.leafCount++;
  }

  #bestOf(feature: number, node: PlainNode<string>, seen: Row<string>[]) {
    const values = seen.map(({ x }) => x[feature]), low = Math.min(...values), high = Math.max(...values);
    let best = {
      feature,
      threshold: NaN,
      merit: -Infinity,
      sides: [new Map(), new Map()] as Map<string, number>[],
    };
    for (let i = 1; i <= this.rules.splits; i++) {
      const threshold = low + (high - low) / (this.rules.splits + 1) * i;
      const sides = this.#sidesOf(feature, threshold, seen);
      const sums = sides.map((side) => [...side.values()].reduce((sum, w) => sum + w, 0));
      const shares = sums.map((sum) => sum / (sums[0] + sums[1]));
      if (Math.min(...shares) <= this.rules.minBranchFraction) continue;
      const after = shares[0] * entropyOf([...sides[0].values()]) +
        shares[1] * entropyOf([...sides[1].values()]);
      const merit = entropyOf([...node.weights.values()]) - after;
      if (merit > best.merit) best = { feature, threshold, merit, sides };
    }
    return best;
  }

  #sidesOf(feature: number, threshold: number, seen: Row<string>[]): Map<string, number>[] {
    const below = new Map<string, number>(), above = new Map<string, number>();
    for (const label of new Set(seen.map(({ y }) => y))) {
      const values = seen.filter(({ y }) => y === label).map(({ x }) => x[feature]);
      const mean = meanOf(values), deviation = Math.sqrt(varianceOf(values));
      const share = threshold < Math.min(...values)
        ? 0
        : threshold >= Math.max(...values)
        ? 1
        : 0.5 + normalShare(0, (threshold - mean) / deviation);
      below.set(label, share * values.length);
      above.set(label, (1 - share) * values.length);
    }
    return [below, above];
  }
}
