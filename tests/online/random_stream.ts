/** Observations for tests: seeded, with features that come and go. */
import type { Observation } from "../../src/domain/observation.ts";
import { Random } from "../../src/synthesize/random.ts";

/** y = 3 a - 2 b + noise; each feature is there with the given probability; c is noise on another scale. */
export function sparseStream(count: number, seed: number, presence = 0.8): Observation[] {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const a = random.normal(), b = 5 + 2 * random.normal(), c = 1000 * random.uniform();
    const all = { a, b, c };
    const kept = Object.entries(all).filter(() => random.uniform() < presence);
    const features = Object.fromEntries(kept);
    return { features, target: 3 * (features.a ?? 0) - 2 * (features.b ?? 0) + 0.1 * random.normal() };
  });
}

/** The same with the label "up" or "down" of the target. */
export function labelledStream(count: number, seed: number, presence = 0.8): Observation[] {
  return sparseStream(count, seed, presence).map(({ features, target }) => ({
    features,
    target: (target as number) > -8 ? "up" : "down",
  }));
}
