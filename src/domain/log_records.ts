/** Events and control records as they follow one another in the log, and which events count. */
import type { LoggedControl, LoggedEventColumns } from "./event.ts";

export type LogRecords =
  | { readonly kind: "events"; readonly events: LoggedEventColumns }
  | { readonly kind: "control"; readonly control: LoggedControl };

/**
 * Puts both in order of offset. `batches`: the events in [fromOffset, untilOffset), ascending. `controls`, those of the same
 * range, are asked for only where events leave a gap; erased events leave one too.
 */
export async function* inOrder(
  batches: AsyncIterable<LoggedEventColumns>,
  readControls: () => Promise<readonly LoggedControl[]>,
  fromOffset: number,
  untilOffset: number,
): AsyncGenerator<LogRecords> {
  let controls: readonly LoggedControl[] | undefined, next = fromOffset, nextControl = 0;
  for await (const batch of batches) {
    const { count, offsets } = batch, last = offsets[count - 1];
    let start = 0;
    if (last - next !== count - 1) {
      controls ??= await readControls();
      for (; nextControl < controls.length && controls[nextControl].offset < last; nextControl++) {
        const control = controls[nextControl], end = firstBehind(batch, control.offset);
        if (end > start) yield { kind: "events", events: partOf(batch, start, end) };
        yield { kind: "control", control };
        start = end;
      }
    }
    yield { kind: "events", events: start === 0 ? batch : partOf(batch, start, count) };
    next = last + 1;
  }
  if (next >= untilOffset) return;
  controls ??= await readControls();
  for (const control of controls.slice(nextControl)) yield { kind: "control", control };
}

/** The first row whose offset is greater. */
function firstBehind({ count, offsets }: LoggedEventColumns, offset: number): number {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle] <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Views of rows [start, end). */
function partOf(batch: LoggedEventColumns, start: number, end: number): LoggedEventColumns {
  return {
    count: end - start,
    offsets: batch.offsets.subarray(start, end),
    users: batch.users.subarray(start, end),
    items: batch.items.subarray(start, end),
    values: batch.values.subarray(start, end),
    timesMs: batch.timesMs.subarray(start, end),
  };
}

/** Offsets of the events that these records delete. */
export function deletedBy(controls: readonly LoggedControl[]): Set<number> {
  return new Set(
    controls.flatMap(({ record }) => record.kind === "eventDeleted" ? [record.deletedOffset] : []),
  );
}

/** The events without those at these offsets; batches may become empty and are left out then. */
export async function* withoutEvents(
  batches: AsyncIterable<LoggedEventColumns>,
  gone: ReadonlySet<number>,
): AsyncGenerator<LoggedEventColumns> {
  for await (const batch of batches) {
    const kept = gone.size === 0 ? batch : keptOf(batch, gone);
    if (kept.count > 0) yield kept;
  }
}

function keptOf(batch: LoggedEventColumns, gone: ReadonlySet<number>): LoggedEventColumns {
  const isKept = Uint8Array.from(
    batch.offsets.subarray(0, batch.count),
    (offset) => gone.has(offset) ? 0 : 1,
  );
  const count = isKept.reduce((sum, kept) => sum + kept, 0);
  if (count === batch.count) return batch;
  const keep = (_: number, row: number) => isKept[row] === 1;
  return {
    count,
    offsets: batch.offsets.filter(keep),
    users: batch.users.filter(keep),
    items: batch.items.filter(keep),
    values: batch.values.filter(keep),
    timesMs: batch.timesMs.filter(keep),
  };
}
