// deno-fmt-ignore-file
// A half-step of ALS: every row of one side is moved towards the minimum of its part of the loss.
import { HalfStep, takeNext } from "./layout";
import { layScratch, moveRow } from "./als_rows";
import { lossOf, setDiagonals, setEntries } from "./als_system";
import { moveGroup } from "./als_groups";
import { clear } from "./vector";

/**
 * One row by itself. A row without entries stays as it is, which is where the start put it: at its minimum; or it becomes 0,
 * which is the minimum where rows start from 0.
 */
// @ts-ignore: decorator
@inline function moveAlone(step: HalfStep, row: usize, scratchAt: usize): f64 {
  const begin = <usize>load<u32>(step.indptr + (row << 2)), n = <usize>load<u32>(step.indptr + (row << 2), 4) - begin;
  const x = step.solved + row * step.rowBytes;
  if (n == 0) {
    if (step.isFromZero) clear(x, step.rowBytes);
    return 0;
  }
  const scratch = layScratch(scratchAt, step.rowBytes, n);
  setEntries(step, begin, n, scratch);
  setDiagonals(step, row, n, scratch);
  return lossOf(step, row, x, moveRow(scratch, x, step.rowBytes, step.steps, step.isFromZero != 0), scratch);
}

/** Moves units of rows as the cursor hands them out, until none is left. `scratch` belongs to this worker. */
export function moveRows(step: HalfStep, scratch: usize): void {
  const unitCount = step.unitCount;
  for (let unit = takeNext(step.cursor, 1); unit < unitCount; unit = takeNext(step.cursor, 1)) {
    const first = load<u32>(step.units + (<usize>unit << 2)), end = load<u32>(step.units + (<usize>unit << 2), 4);
    let loss: f64 = 0;
    if (unit < step.groupCount) loss = moveGroup(step, first, end, scratch);
    else for (let k = first; k < end; k++) loss += moveAlone(step, <usize>load<u32>(step.order + (<usize>k << 2)), scratch);
    store<f64>(step.losses + (<usize>unit << 3), loss);
  }
}
