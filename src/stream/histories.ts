/** What a generation was trained on, as a learner starts from it: read from the log, repeats settled as training does. */
import type { LoggedEventColumns } from "../domain/event.ts";
import type { Feedback } from "../domain/factor_model.ts";
import type { GenerationContent } from "../domain/generation.ts";
import { OutsideFailure } from "../domain/failure.ts";
import { deletedBy, withoutEvents } from "../domain/log_records.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import type { SavedLists } from "../kernels/entry_lists.ts";
import type { EventLog } from "../ports/event_log.ts";

/** Interactions of a generation: users' rows, each pair once. */
export interface GenerationHistory {
  readonly rows: RatingMatrix;
  /** The time of each entry's value; empty if implicit. */
  readonly timesMs: Float64Array;
}

/**
 * Reads the log below the generation's offset; `report` hears how many events have come so far.
 * Throws OutsideFailure when the log does not hold what the generation was trained on.
 */
export async function readHistory(
  log: EventLog,
  content: GenerationContent,
  report: (events: number) => void = () => {},
): Promise<GenerationHistory> {
  const { generation, model } = content, untilOffset = generation.offset;
  const end = await log.end();
  if (end < untilOffset) {
    throw new OutsideFailure(
      `reading what ${generation.generation} was trained on: it knows ${untilOffset} records, the log holds ${end}`,
    );
  }
  const batches: LoggedEventColumns[] = [];
  let events = 0;
  const deleted = deletedBy(await log.readControls({ untilOffset }));
  for await (const batch of withoutEvents(log.read({ untilOffset }), deleted)) {
    batches.push(batch);
    report(events += batch.count);
  }
  return buildHistory(batches, model.parameters.feedback, model.userCount, model.itemCount);
}

/**
 * Rows of these events, in order of offset: of repeats the greatest (time, offset) wins if explicit, implicit values add
 * up, both as src/batch/build_matrix.ts does it, in single precision. Items of a row ascend.
 */
export function buildHistory(
  batches: readonly LoggedEventColumns[],
  feedback: Feedback,
  userCount: number,
  itemCount: number,
): GenerationHistory {
  const sorted = sortByUser(batches, userCount, itemCount);
  const { indptr, indices, values, timesMs } = sorted;
  const isExplicit = feedback === "explicit";
  let to = 0, from = 0;
  for (let user = 0; user < userCount; user++) {
    const rowStart = to, rowEnd = indptr[user + 1];
    for (; from < rowEnd; from++) {
      if (to === rowStart || indices[to - 1] !== indices[from]) {
        indices[to] = indices[from], values[to] = values[from], timesMs[to] = timesMs[from];
        to++;
      } else if (!isExplicit) {
        values[to - 1] += values[from];
      } else if (timesMs[from] >= timesMs[to - 1]) {
        values[to - 1] = values[from], timesMs[to - 1] = timesMs[from];
      }
    }
    indptr[user] = rowStart;
  }
  indptr[userCount] = to;
  return {
    rows: {
      rowCount: userCount,
      columnCount: itemCount,
      indptr,
      indices: indices.subarray(0, to),
      values: values.subarray(0, to),
    },
    timesMs: isExplicit ? timesMs.subarray(0, to) : new Float64Array(0),
  };
}

/** Where each key's run begins; room[key + 1] is then where the next one of that key goes. */
function startsOf(
  batches: readonly LoggedEventColumns[],
  side: "users" | "items",
  rowCount: number,
): Uint32Array {
  const starts = new Uint32Array(rowCount + 2);
  for (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      const row = batch[side][i];
      if (row >= rowCount) {
        throw new OutsideFailure(
          `reading what a generation was trained on: the log has number ${row} among its ${side}, the generation ${rowCount} of them`,
        );
      }
      starts[row + 2]++;
    }
  }
  for (let row = 1; row <= rowCount; row++) starts[row + 1] += starts[row];
  return starts;
}

/** Two stable counting sorts, by item and then by user: rows with ascending items, repeats in order of offset. */
function sortByUser(batches: readonly LoggedEventColumns[], userCount: number, itemCount: number) {
  const count = batches.reduce((sum, batch) => sum + batch.count, 0);
  const byItem = startsOf(batches, "items", itemCount), byUser = startsOf(batches, "users", userCount);
  const users = new Uint32Array(count), items = new Uint32Array(count);
  const itemValues = new Float32Array(count), itemTimes = new Float64Array(count);
  for (const batch of batches) {
    for (let i = 0; i < batch.count; i++) {
      const to = byItem[batch.items[i] + 1]++;
      users[to] = batch.users[i], items[to] = batch.items[i];
      itemValues[to] = batch.values[i], itemTimes[to] = batch.timesMs[i];
    }
  }
  const indices = new Uint32Array(count), values = new Float32Array(count), timesMs = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const to = byUser[users[k] + 1]++;
    indices[to] = items[k], values[to] = itemValues[k], timesMs[to] = itemTimes[k];
  }
  return { indptr: byUser.slice(0, userCount + 1), indices, values, timesMs };
}

/** Both sides of a history as lists: items with ascending users too. */
export function savedHistory({ rows, timesMs }: GenerationHistory): { users: SavedLists; items: SavedLists } {
  const { rowCount, columnCount, indptr, indices, values } = rows;
  const counts = new Uint32Array(columnCount), next = new Uint32Array(columnCount + 1);
  for (let k = 0; k < indices.length; k++) counts[indices[k]]++;
  for (let column = 0; column < columnCount; column++) next[column + 1] = next[column] + counts[column];
  const users = new Uint32Array(indices.length), byItem = new Float32Array(indices.length);
  for (let user = 0; user < rowCount; user++) {
    for (let k = indptr[user]; k < indptr[user + 1]; k++) {
      const to = next[indices[k]]++;
      users[to] = user, byItem[to] = values[k];
    }
  }
  const userCounts = Uint32Array.from({ length: rowCount }, (_, user) => indptr[user + 1] - indptr[user]);
  return {
    users: { counts: userCounts, indices, values, timesMs },
    items: { counts, indices: users, values: byItem, timesMs: new Float64Array(0) },
  };
}
