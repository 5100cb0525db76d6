/** What every event log checks before it takes anything. */
import type { NewEvent, NewEventColumns } from "./event.ts";
import { BadInput } from "./failure.ts";

/** Throws BadInput when an id is not well-formed Unicode: it would come back from UTF-8 as another one. */
export function checkEvents(events: readonly NewEvent[]): void {
  for (const { eventId, userId, itemId } of events) {
    checkId(eventId);
    checkId(userId);
    checkId(itemId);
  }
}

/** The same for columns. Columns that do not fit together are an error of the program: they throw a RangeError. */
export function checkColumns(columns: NewEventColumns): void {
  const { count, users, items, values, timesMs, keys, userIds, itemIds } = columns;
  const shortest = Math.min(users.length, items.length, values.length, timesMs.length, keys.length / 4);
  if (shortest < count) throw new RangeError(`a batch of ${count} rows has a column for ${shortest} only`);
  checkCodes(users, count, userIds.length);
  checkCodes(items, count, itemIds.length);
  for (const id of userIds) checkId(id);
  for (const id of itemIds) checkId(id);
}

function checkCodes(codes: Uint32Array, count: number, idCount: number): void {
  for (let i = 0; i < count; i++) {
    if (codes[i] >= idCount) throw new RangeError(`row ${i} of a batch names id ${codes[i]} of ${idCount}`);
  }
}

function checkId(id: string): void {
  if (!id.isWellFormed()) {
    throw new BadInput(`cannot log the id ${JSON.stringify(id)}: it holds half of a surrogate pair`);
  }
}
