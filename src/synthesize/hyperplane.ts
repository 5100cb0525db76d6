/** A hyperplane that may turn a little with every observation. */
import { Random } from "./random.ts";
import type { SyntheticFunction } from "./synthetic_function.ts";

export interface HyperplaneOptions {
  readonly seed: number;
  readonly featureCount: number;
  /** The weights of this many features move. */
  readonly driftCount: number;
  /** How far such a weight moves with each observation. */
  readonly change: number;
  /** Probability that a weight changes its direction after a move. */
  readonly turn: number;
  /** Share of the labels that are turned round. */
  readonly noise: number;
}

/** Concepts: as many sets of weights. */
const CONCEPT_COUNT = 4;
/** Streams of draws of their own, so that labels and moves do not disturb each other. */
const WEIGHTS = 1, MOVES = 8;

/** How far the moving weights have come: the walk up to a position, which is made again from 0 when one goes back. */
class Walk {
  readonly offsets: Float64Array;
  readonly #options: HyperplaneOptions;
  readonly #directions: Int8Array;
  #position = 0;

  constructor(options: HyperplaneOptions) {
    this.#options = options;
    this.offsets = new Float64Array(options.driftCount);
    this.#directions = new Int8Array(options.driftCount).fill(1);
  }

  to(position: number): Float64Array {
    const { seed, driftCount, change, turn } = this.#options;
    if (change === 0) return this.offsets;
    if (position < this.#position) {
      this.offsets.fill(0);
      this.#directions.fill(1);
      this.#position = 0;
    }
    for (; this.#position < position; this.#position++) {
      const random = Random.at(seed, this.#position, MOVES);
      for (let i = 0; i < driftCount; i++) {
        this.offsets[i] += this.#directions[i] * change;
        if (random.uniform() < turn) this.#directions[i] *= -1;
      }
    }
    return this.offsets;
  }
}

/**
 * x0, x1, ... uniform over [0, 1); true where `Σ w_i x_i ≥ ½ Σ w_i`; weights uniform over [0, 1), of which the first
 * `driftCount` walk: `w_i += direction · change`, the direction turning with probability `turn` (Hulten, Spencer and
 * Domingos 2001). A concept is a set of weights.
 */
export function hyperplaneFunction(options: HyperplaneOptions): SyntheticFunction {
  const { seed, featureCount, noise } = options;
  const names = Array.from({ length: featureCount }, (_, i) => `x${i}`);
  const planes = Array.from({ length: CONCEPT_COUNT }, (_, concept) => hyperplaneWeights(options, concept));
  const walk = new Walk(options);
  return {
    task: "classification",
    concepts: planes.map((_, concept) => `plane ${concept + 1} of seed ${seed}`),
    observe(random, concept, position) {
      const offsets = walk.to(position), features: Record<string, number> = {};
      let sum = 0, half = 0;
      for (let i = 0; i < featureCount; i++) {
        const weight = planes[concept][i] + (i < offsets.length ? offsets[i] : 0);
        const x = features[names[i]] = random.uniform();
        sum += weight * x, half += weight / 2;
      }
      return { features, target: (sum >= half) !== (random.uniform() < noise) };
    },
  };
}

/** The weights that a concept starts with. */
export function hyperplaneWeights({ seed, featureCount }: HyperplaneOptions, concept: number): Float64Array {
  const random = Random.seeded(seed, WEIGHTS + concept);
  return Float64Array.from({ length: featureCount }, () => random.uniform());
}
