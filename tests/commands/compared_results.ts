/** What a comparison of two models may have given, made by hand. */
import type { ComparisonResult, ContestantResult } from "../../src/online/compare_run.ts";

const ENDS = Array.from({ length: 12 }, (_, k) => 100 * (k + 1));

/**
 * Changes at 400 and at 800 (until 900). "good" is hurt for 200 and for 100 observations; "./own.ts" never recovers from the
 * first change, gives one false alarm at 300, and does not find the first change. With each further seed errors of "good" are
 * greater by 1.
 */
export function comparedResults(seedCount: number): ComparisonResult[] {
  return Array.from({ length: seedCount }, (_, s) => ({
    events: 1200,
    task: "regression" as const,
    truth: [{ event: 0, concept: "a" }, { event: 400, concept: "b" }, {
      event: 800,
      until: 900,
      concept: "c",
    }],
    contestants: [
      contestant(
        "good",
        { mae: 1 + s, rmse: 1.5 },
        [1, 1, 1, 1, 9, 1, 1, 1, 1, 1, 1, 1],
        [430, 840],
        2000,
        100,
      ),
      contestant("./own.ts", { mae: 2, rmse: 3 }, [2, 2, 2, 2, 9, 9, 9, 9, 9, 9, 9, 9], [300, 840], 1000),
    ],
  }));
}

function contestant(
  label: string,
  metrics: Record<string, number>,
  values: number[],
  alarms: number[],
  eventsPerSecond: number,
  stateBytes?: number,
): ContestantResult {
  return {
    label,
    events: 1200,
    metrics,
    curve: { ends: ENDS, values },
    alarms: [{
      detector: "adwin",
      alarms: alarms.map((event) => ({ event, since: event - 90, isRise: true })),
    }],
    refused: 0,
    eventsPerSecond,
    stateBytes,
  };
}
