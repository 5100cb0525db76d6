/** Batches on their way into the log, for tests. */
import type { NewEventColumns } from "../../src/domain/event.ts";

export interface Row {
  readonly userId: string;
  readonly itemId: string;
  readonly value: number;
  readonly timeMs: number;
  /** The event key's words; the rest is 0. */
  readonly key: readonly number[];
}

/** As the port wants it: ids in order of first appearance. */
export function newColumns(rows: readonly Row[]): NewEventColumns {
  const userIds = [...new Set(rows.map(({ userId }) => userId))];
  const itemIds = [...new Set(rows.map(({ itemId }) => itemId))];
  const userCodes = new Map(userIds.map((id, code) => [id, code]));
  const itemCodes = new Map(itemIds.map((id, code) => [id, code]));
  const keys = new Uint32Array(4 * rows.length);
  rows.forEach(({ key }, i) => keys.set(key, 4 * i));
  return {
    count: rows.length,
    users: Uint32Array.from(rows, ({ userId }) => userCodes.get(userId)!),
    items: Uint32Array.from(rows, ({ itemId }) => itemCodes.get(itemId)!),
    values: Float64Array.from(rows, ({ value }) => value),
    timesMs: Float64Array.from(rows, ({ timeMs }) => timeMs),
    userIds,
    itemIds,
    keys,
  };
}
