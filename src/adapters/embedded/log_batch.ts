/** A batch of the log from blocks of it. */
import type { LoggedEventColumns } from "../../domain/event.ts";
import type { BlockColumns } from "./event_blocks.ts";
import type { LogBatch } from "./log_backend.ts";

/** Events in [from, until), up to `batchCount`, of `blocks`, which ascend and begin with the one that holds `from`. */
export function batchOf(
  blocks: Iterable<BlockColumns>,
  from: number,
  until: number,
  batchCount: number,
): LogBatch {
  const capacity = Math.max(0, Math.min(batchCount, until - from));
  const offsets = new Float64Array(capacity),
    users = new Uint32Array(capacity),
    items = new Uint32Array(capacity);
  const values = new Float64Array(capacity), timesMs = new Float64Array(capacity);
  let count = 0, next = until;
  for (const block of blocks) {
    const start = Math.max(0, from - block.first);
    const end = Math.min(block.count, until - block.first, start + capacity - count);
    users.set(block.users.subarray(start, end), count);
    items.set(block.items.subarray(start, end), count);
    values.set(block.values.subarray(start, end), count);
    timesMs.set(block.timesMs.subarray(start, end), count);
    for (let i = start; i < end; i++) offsets[count++] = block.first + i;
    if (count < capacity) continue;
    next = Math.min(until, block.first + end);
    break;
  }
  const whole: LoggedEventColumns = { count, offsets, users, items, values, timesMs };
  return { columns: count === capacity ? whole : shortened(whole), next };
}

/** Copies, so that no column keeps the room of a larger one. */
function shortened(
  { count, offsets, users, items, values, timesMs }: LoggedEventColumns,
): LoggedEventColumns {
  return {
    count,
    offsets: offsets.slice(0, count),
    users: users.slice(0, count),
    items: items.slice(0, count),
    values: values.slice(0, count),
    timesMs: timesMs.slice(0, count),
  };
}
