/** Where the interactions of a training come from: the log, or (commands/file_source.ts) a file. */
import { deletedBy, withoutEvents } from "../domain/log_records.ts";
import type { EventLog } from "../ports/event_log.ts";
import { collectInteractions, type Interactions } from "./interactions.ts";
import type { TrainingReport } from "./training_report.ts";

/** What was read; a file has no log: offset 0, logId "". The receiver may set `interactions` to undefined when it needs them no longer. */
export interface TrainingInput {
  interactions: Interactions;
  /** Ids by row of the factors. */
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** Every event with a smaller offset was read. */
  readonly offset: number;
  readonly logId: string;
}

export interface TrainingSource {
  read(report: TrainingReport): Promise<TrainingInput>;
}

/**
 * The log up to its end, or to `untilOffset`, without the events that were deleted by then. Rows of the factors are the
 * log's codes; those of erased users are rows without interactions.
 */
export function logSource(log: EventLog, untilOffset?: number): TrainingSource {
  return {
    async read(report) {
      const end = await log.end();
      const offset = Math.min(untilOffset ?? end, end);
      const deleted = deletedBy(await log.readControls({ untilOffset: offset }));
      const builder = await collectInteractions(
        withoutEvents(log.read({ untilOffset: offset }), deleted),
        (interactions) =>
          report({ phase: "read", progress: 0.1 * Math.min(1, interactions / offset), interactions }),
      );
      const [userIds, itemIds] = await Promise.all([log.userIds(), log.itemIds()]);
      return trainingInput(builder, userIds, itemIds, offset, log.logId);
    },
  };
}

/** Codes are dense in order of first appearance, so those of the events that were read are the first ones. */
function trainingInput(
  builder: { count: number; build(users: number, items: number): Interactions },
  userIds: string[],
  itemIds: string[],
  offset: number,
  logId: string,
): TrainingInput {
  const { users, items } = builder.build(0, 0);
  const userCount = greatest(users) + 1, itemCount = greatest(items) + 1;
  return {
    interactions: builder.build(userCount, itemCount),
    userIds: userIds.slice(0, userCount),
    itemIds: itemIds.slice(0, itemCount),
    offset,
    logId,
  };
}

function greatest(indexes: Uint32Array): number {
  let result = -1;
  for (let i = 0; i < indexes.length; i++) if (indexes[i] > result) result = indexes[i];
  return result;
}
