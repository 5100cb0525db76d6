/** How long a model takes to be as good again as it was before a change. */
import type { ConceptChange } from "../domain/observation.ts";

/** A metric over blocks of observations: values[k] is that of the block that ends after ends[k] of them. */
export interface Curve {
  readonly ends: readonly number[];
  /** NaN where a block had no value. */
  readonly values: readonly number[];
}

/** What may be left of the way from the worst block back to the level before, and of that level itself. */
const LEFT = 0.1, TOLERANCE = 0.05;

/**
 * For each change: events from where it begins to the end of the first block that is good again; undefined: none before the
 * next change. The level before is the mean over the last quarter of the time since the change before; good is all but 10 % of
 * the way back to it from the worst block, or within 5 % of it.
 */
export function recoveries(
  { ends, values }: Curve,
  changes: readonly ConceptChange[],
  higherIsBetter: boolean,
): (number | undefined)[] {
  const losses = higherIsBetter ? values.map((value) => -value) : values;
  const blocksWithin = (from: number, until: number) =>
    [...ends.keys()].filter((k) =>
      (k === 0 ? 0 : ends[k - 1]) >= from && ends[k] <= until && Number.isFinite(losses[k])
    );
  return changes.map(({ event }, c) => {
    const before = blocksWithin(changes[c - 1]?.event ?? 0, event).map((k) => losses[k]);
    const after = blocksWithin(event, changes[c + 1]?.event ?? Infinity);
    if (before.length === 0 || after.length === 0) return undefined;
    const level = meanOf(before.slice(-Math.ceil(before.length / 4)));
    const worst = after.reduce((most, k) => Math.max(most, losses[k]), -Infinity);
    const bound = level + Math.max(LEFT * (worst - level), TOLERANCE * Math.abs(level));
    const good = after.find((k) => losses[k] <= bound);
    return good === undefined ? undefined : ends[good] - event;
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
