/** Streams of numbers with known changes, for tests of detectors. */
import type { DriftDetector } from "../../../src/evaluate/drift/drift_detector.ts";
import { Random } from "../../../src/synthesize/random.ts";

/** 0 and 1: 1 with the probability of the part that the number lies in. */
export function coins(
  seed: number,
  parts: readonly (readonly [count: number, probability: number])[],
): number[] {
  const random = Random.seeded(seed);
  return parts.flatMap(([count, probability]) =>
    Array.from({ length: count }, () => random.uniform() < probability ? 1 : 0)
  );
}

/** Normal numbers with the mean and deviation of the part that they lie in. */
export function normals(
  seed: number,
  parts: readonly (readonly [count: number, mean: number, deviation: number])[],
): number[] {
  const random = Random.seeded(seed);
  return parts.flatMap(([count, mean, deviation]) =>
    Array.from({ length: count }, () => mean + deviation * random.normal())
  );
}

/** Places at which the detector gave alarm. */
export function alarmsOf(detector: DriftDetector, values: readonly number[]): number[] {
  return values.flatMap((value, place) => detector.update(value) ? [place] : []);
}

/** Alarms of a detector that is stopped at `stop`, and gone on with from its state. */
export function alarmsWithStop(make: () => DriftDetector, values: readonly number[], stop: number): number[] {
  const first = make(), second = make();
  const before = alarmsOf(first, values.slice(0, stop));
  second.load(first.save());
  return [...before, ...alarmsOf(second, values.slice(stop)).map((place) => place + stop)];
}
