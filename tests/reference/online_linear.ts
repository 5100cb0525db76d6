/** Scaler and linear models as the formulas stand in MATHS.md 3, over names, one feature after the other. Slow and plain. */

export type Numbers = Readonly<Record<string, number>>;

export class PlainScaler {
  readonly counts: Record<string, number> = {};
  readonly means: Record<string, number> = {};
  readonly variances: Record<string, number> = {};

  learn(x: Numbers): void {
    for (const [name, value] of Object.entries(x)) {
      const n = (this.counts[name] ?? 0) + 1, m = this.means[name] ?? 0, v = this.variances[name] ?? 0;
      const mean = m + (value - m) / n;
      this.counts[name] = n;
      this.means[name] = mean;
      this.variances[name] = v + ((value - m) * (value - mean) - v) / n;
    }
  }

  transform(x: Numbers): Numbers {
    return Object.fromEntries(
      Object.entries(x).map(([name, value]) => {
        const v = this.variances[name] ?? 0;
        return [name, v > 0 ? (value - this.means[name]) / Math.sqrt(v) : 0];
      }),
    );
  }
}

export interface PlainOptions {
  readonly optimizer: string;
  readonly loss: string;
  readonly lossParameter?: number;
  readonly rate: number;
  readonly interceptRate: number;
  readonly l1?: number;
  readonly l2?: number;
  readonly rho?: number;
  readonly clip?: number;
  readonly ftrlL1?: number;
  /** Learning rate of step t. */
  readonly rateAt?: (t: number) => number;
}

const BETA1 = 0.9, BETA2 = 0.999, EPSILON = 1e-8;

export function plainGradient(loss: string, y: number, p: number, parameter = 0): number {
  const sign = y > 0 ? 1 : -1;
  switch (loss) {
    case "squared":
      return 2 * (p - y);
    case "absolute":
      return p > y ? 1 : -1;
    case "huber":
      return Math.abs(p - y) <= parameter ? p - y : Math.sign(p - y) * parameter;
    case "quantile":
      return (y < p ? 1 : 0) - parameter;
    case "epsilon-insensitive":
      return p > y + parameter ? 1 : p + parameter < y ? -1 : 0;
    case "poisson":
      return Math.exp(p) - y;
    case "log":
      return sign * p > 18
        ? -sign * Math.exp(-sign * p)
        : sign * p < -18
        ? -sign
        : -sign / (Math.exp(sign * p) + 1);
    case "hinge":
      return sign * p <= parameter ? -sign : 0;
    default:
      throw new RangeError(loss);
  }
}

export class PlainLinear {
  readonly weights: Record<string, number> = {};
  intercept = 0;
  #steps = 0;
  #penalty = 0;
  readonly #a: Record<string, number> = {};
  readonly #b: Record<string, number> = {};
  readonly #c: Record<string, number> = {};
  readonly #taken: Record<string, number> = {};

  constructor(readonly options: PlainOptions) {}

  raw(x: Numbers): number {
    let sum = 0;
    for (const [name, value] of Object.entries(x)) sum += (this.weights[name] ?? 0) * value;
    return sum + this.intercept;
  }

  learn(x: Numbers, y: number): void {
    const { options, weights } = this;
    const clip = options.clip ?? 1e12;
    if (options.optimizer === "nesterov") {
      for (const name of Object.keys(x)) {
        weights[name] = (weights[name] ?? 0) - (options.rho ?? 0.9) * (this.#a[name] ?? 0);
      }
    }
    const gradient = plainGradient(options.loss, y, this.raw(x), options.lossParameter);
    const g = Math.max(-clip, Math.min(clip, gradient));
    this.intercept -= options.interceptRate * g;
    const rate = (t: number) => options.rateAt?.(t) ?? options.rate;
    for (const [name, value] of Object.entries(x)) {
      weights[name] = this.#step(
        name,
        g * value + (options.l2 ?? 0) * (weights[name] ?? 0),
        rate(this.#steps),
      );
    }
    this.#steps++;
    if ((options.l1 ?? 0) > 0) this.#penalise(Object.keys(x), rate(this.#steps));
  }

  #step(name: string, g: number, rate: number): number {
    const w = this.weights[name] ?? 0, a = this.#a[name] ?? 0, b = this.#b[name] ?? 0, c = this.#c[name] ?? 0;
    const rho = this.options.rho ?? 0.9, t = this.#steps + 1;
    const corrected = rate * Math.sqrt(1 - BETA2 ** t) / (1 - BETA1 ** t);
    switch (this.options.optimizer) {
      case "sgd":
        return w - rate * g;
      case "momentum":
        return w - (this.#a[name] = rho * a + rate * g);
      case "nesterov":
        return w + rho * a - (this.#a[name] = rho * a + rate * g);
      case "adagrad":
        return w - rate / Math.sqrt((this.#a[name] = a + g * g) + EPSILON) * g;
      case "rmsprop":
        return w - rate / Math.sqrt((this.#a[name] = rho * a + (1 - rho) * g * g) + EPSILON) * g;
      case "adam":
        this.#a[name] = BETA1 * a + (1 - BETA1) * g;
        this.#b[name] = BETA2 * b + (1 - BETA2) * g * g;
        return w - corrected * this.#a[name] / (Math.sqrt(this.#b[name]) + EPSILON);
      case "amsgrad":
        this.#a[name] = BETA1 * a + (1 - BETA1) * g;
        this.#b[name] = BETA2 * b + (1 - BETA2) * g * g;
        this.#c[name] = Math.max(c, this.#b[name]);
        return w - corrected * this.#a[name] / (Math.sqrt(this.#c[name]) + EPSILON);
      case "adadelta": {
        this.#a[name] = rho * a + (1 - rho) * g * g;
        const step = -Math.sqrt(b + EPSILON) / Math.sqrt(this.#a[name] + EPSILON) * g;
        this.#b[name] = rho * b + (1 - rho) * step * step;
        return w + step;
      }
      case "ftrl": {
        const l1 = this.options.ftrlL1 ?? 0;
        const next = Math.abs(a) > l1 ? -(a - Math.sign(a) * l1) / ((1 + Math.sqrt(b)) / rate + 1) : w;
        this.#a[name] = a + g - (Math.sqrt(b + g * g) - Math.sqrt(b)) / rate * next;
        this.#b[name] = b + g * g;
        return next;
      }
      default:
        throw new RangeError(this.options.optimizer);
    }
  }

  #penalise(names: readonly string[], rate: number): void {
    this.#penalty += this.options.l1! * rate;
    for (const name of names) {
      const w = this.weights[name], taken = this.#taken[name] ?? 0;
      let next = w;
      if (w > 0) next = Math.max(0, w - (this.#penalty + taken));
      if (w < 0) next = Math.min(0, w + (this.#penalty - taken));
      this.weights[name] = next;
      this.#taken[name] = taken + next - w;
    }
  }
}

/** Crammer et al. 2006. Gives the new weights and intercept after one observation. */
export function plainPassiveAggressive(
  weights: readonly number[],
  intercept: number,
  x: readonly number[],
  y: number,
  { c, variant, epsilon }: { readonly c: number; readonly variant: 1 | 2; readonly epsilon?: number },
): { weights: number[]; intercept: number } {
  const p = weights.reduce((sum, w, i) => sum + w * x[i], intercept);
  const norm = x.reduce((sum, value) => sum + value * value, 0);
  const sign = epsilon === undefined ? (y > 0 ? 1 : -1) : Math.sign(y - p);
  const loss = epsilon === undefined ? Math.max(0, 1 - sign * p) : Math.max(0, Math.abs(y - p) - epsilon);
  const step = sign * (variant === 1 ? Math.min(c, loss / norm) : loss / (norm + 1 / (2 * c)));
  return { weights: weights.map((w, i) => w + step * x[i]), intercept: intercept + step };
}
