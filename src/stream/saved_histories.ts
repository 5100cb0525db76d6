/** A copy of the learner's histories as bytes: it spares a start reading all of the log, which has them too. */
import type { SavedLists } from "../kernels/entry_lists.ts";
import { packArrays, type PackedForm, unpackArrays } from "./packed_arrays.ts";

/** As the records below `offset` made them. Lists are in the order in which they grew: sums depend on it to the bit. */
export interface SavedHistories {
  readonly offset: number;
  readonly users: SavedLists;
  readonly items: SavedLists;
}

const FORM: PackedForm = { magic: 0x687a6f66, /* "fozh" */ format: 1, what: "a copy of histories" };

export function encodeHistories({ offset, users, items }: SavedHistories): Uint8Array<ArrayBuffer> {
  const arrays = [users.timesMs, items.timesMs, users.values, items.values];
  return packArrays(FORM, { offset }, [...arrays, users.counts, users.indices, items.counts, items.indices]);
}

/** Throws OutsideFailure when these are not whole bytes of a copy. */
export function decodeHistories(bytes: Uint8Array): SavedHistories {
  const { header, arrays } = unpackArrays(FORM, bytes);
  const [userTimes, itemTimes] = arrays as Float64Array[];
  const [userValues, itemValues] = arrays.slice(2) as Float32Array[];
  const [userCounts, userIndices, itemCounts, itemIndices] = arrays.slice(4) as Uint32Array[];
  return {
    offset: (header as { offset: number }).offset,
    users: { counts: userCounts, indices: userIndices, values: userValues, timesMs: userTimes },
    items: { counts: itemCounts, indices: itemIndices, values: itemValues, timesMs: itemTimes },
  };
}
