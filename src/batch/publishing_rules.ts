/** What may be published. */
import { BadInput } from "../domain/failure.ts";
import type { HoldoutReport } from "./measure_holdout.ts";

/** Fewer measured interactions than this say nothing. */
const MIN_MEASURED = 50;

/** Throws BadInput if the fit is worse than its baseline on the holdout. */
export function assertWorthPublishing(measured: HoldoutReport | undefined): void {
  if (measured === undefined || measured.measuredCount < MIN_MEASURED) return;
  const { decisive, metrics, baseline } = measured;
  const fit = metrics[decisive.name], base = baseline[decisive.name];
  const isWorse = decisive.smallerIsBetter ? fit > base : fit < base;
  if (!isWorse && Number.isFinite(fit)) return;
  throw new BadInput(
    `the fit was not published: on ${measured.measuredCount} held-out interactions its ${decisive.name} is ` +
      `${fit.toFixed(4)}, that of the baseline ${base.toFixed(4)}; --force publishes it nevertheless, ` +
      `another --regularization, --factors or --feedback may do better`,
  );
}
