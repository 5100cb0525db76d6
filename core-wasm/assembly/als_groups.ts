// deno-fmt-ignore-file
// Many long rows at once, over blocks of the fixed rows.
//
// A row with thousands of entries gathers fixed rows from all over a memory that no cache holds. Rows of a group take
// their entries block by block instead: a block of fixed rows is fetched once for all of them, and stays in the cache of
// the core while each row of the group takes its entries of that block. The steps are those of `moveRow`.
import { HalfStep } from "./layout";
import {
  addScaled, curvaturePass, goalPass, layLists, layScratch, nextDirection, productPass, RESIDUAL_FLOOR, residualPass, RowScratch,
  startDirection, startFromZero, startProduct, startResidual,
} from "./als_rows";
import { lossOf, setDiagonals, setEntries } from "./als_system";
import { dot } from "./vector";

/** Where a row of the group stands; its three vectors (r, p, product) follow the record. */
@unmanaged class Member {
  row: usize;
  /** Entries [begin, end), and the first that the sweep has not reached. */
  begin: usize;
  end: usize;
  next: usize;
  f: f64;
  /** pᵀ r, and pᵀ A p. */
  rz: f32;
  curvature: f32;
}

const RECORD_BYTES: usize = 64;

const RESIDUAL: i32 = 0;
const PRODUCT: i32 = 1;
const CURVATURE: i32 = 2;
const GOALS: i32 = 3;

/** Points the scratch to a member's vectors. */
// @ts-ignore: decorator
@inline function enter(member: Member, rowBytes: usize, scratch: RowScratch): void {
  scratch.r = changetype<usize>(member) + RECORD_BYTES;
  scratch.p = scratch.r + rowBytes;
  scratch.product = scratch.p + rowBytes;
}

/** One member's entries of the fixed rows below `limit`. */
export function visit(step: HalfStep, member: Member, limit: u32, pass: i32, scratch: RowScratch, lists: usize): void {
  const at = member.next, end = member.end;
  let next = at;
  while (next < end && load<u32>(step.indices + (next << 2)) < limit) next++;
  if (next == at) return;
  member.next = next;
  enter(member, step.rowBytes, scratch);
  layLists(scratch, lists, next - at);
  setEntries(step, at, next - at, scratch);
  if (pass == RESIDUAL) member.f += <f64>residualPass(scratch, step.solved + member.row * step.rowBytes, step.rowBytes);
  else if (pass == GOALS) member.f += <f64>goalPass(scratch, step.rowBytes);
  else if (pass == PRODUCT) productPass(scratch, step.rowBytes);
  else member.curvature += curvaturePass(scratch, step.rowBytes);
}

/** All entries of all members, block after block. */
function sweep(step: HalfStep, members: usize, memberBytes: usize, membersEnd: usize, pass: i32, scratch: RowScratch, lists: usize): void {
  for (let at = members; at < membersEnd; at += memberBytes) changetype<Member>(at).next = changetype<Member>(at).begin;
  for (let first: u32 = 0; first < step.fixedCount; first += step.blockRows) {
    for (let at = members; at < membersEnd; at += memberBytes) visit(step, changetype<Member>(at), first + step.blockRows, pass, scratch, lists);
  }
}

/** A member's D and preconditioner, and its vectors, into the scratch. */
// @ts-ignore: decorator
@inline function prepare(step: HalfStep, member: Member, scratch: RowScratch): void {
  enter(member, step.rowBytes, scratch);
  setDiagonals(step, member.row, member.end - member.begin, scratch);
}

/** Rows order[first, end) together; gives their share of the loss. The scratch holds that of one row, lists last, then members. */
export function moveGroup(step: HalfStep, first: u32, end: u32, scratchAt: usize): f64 {
  const rowBytes = step.rowBytes, memberBytes = RECORD_BYTES + 3 * rowBytes, scratch = layScratch(scratchAt, rowBytes, 0);
  const members = scratch.rows, membersEnd = members + <usize>(end - first) * memberBytes, lists = membersEnd;
  for (let k = first, at = members; k < end; k++, at += memberBytes) {
    const member = changetype<Member>(at), row = <usize>load<u32>(step.order + (<usize>k << 2));
    member.row = row;
    member.begin = <usize>load<u32>(step.indptr + (row << 2));
    member.end = <usize>load<u32>(step.indptr + (row << 2), 4);
    prepare(step, member, scratch);
    if (step.isFromZero) {
      startFromZero(scratch, step.solved + row * rowBytes, rowBytes);
      member.f = 0;
    } else {
      member.f = startResidual(scratch, step.solved + row * rowBytes, rowBytes);
    }
  }
  sweep(step, members, memberBytes, membersEnd, step.isFromZero ? GOALS : RESIDUAL, scratch, lists);
  for (let at = members; at < membersEnd; at += memberBytes) {
    const member = changetype<Member>(at);
    prepare(step, member, scratch);
    member.rz = startDirection(scratch, rowBytes);
  }
  for (let left = step.steps; left > 0; left--) {
    for (let at = members; at < membersEnd; at += memberBytes) {
      const member = changetype<Member>(at);
      prepare(step, member, scratch);
      member.curvature = startProduct(scratch, rowBytes);
    }
    sweep(step, members, memberBytes, membersEnd, left > 1 ? PRODUCT : CURVATURE, scratch, lists);
    for (let at = members; at < membersEnd; at += memberBytes) {
      const member = changetype<Member>(at);
      if (member.rz < RESIDUAL_FLOOR) continue;
      prepare(step, member, scratch);
      const curvature = left > 1 ? dot(scratch.p, scratch.product, rowBytes) : member.curvature, length = member.rz / curvature;
      addScaled(step.solved + member.row * rowBytes, length, scratch.p, rowBytes);
      member.f -= <f64>length * <f64>member.rz;
      if (left > 1) member.rz = nextDirection(scratch, length, member.rz, rowBytes);
    }
  }
  let loss: f64 = 0;
  for (let at = members; at < membersEnd; at += memberBytes) {
    const member = changetype<Member>(at);
    prepare(step, member, scratch);
    loss += lossOf(step, member.row, step.solved + member.row * rowBytes, member.f, scratch);
  }
  return loss;
}
