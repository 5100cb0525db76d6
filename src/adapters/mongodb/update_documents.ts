/** How updates of the model look in MongoDB. */
import type { Binary } from "mongodb";
import type { ModelUpdate } from "../../domain/model_update.ts";
import { binaryOf, bytesOf, floatsOf, wordsOf } from "./binary.ts";

/** An update, its arrays apart from the rest; long arrays are chunks, named by `indexes` and `rows` and the place in the batch. */
export interface PackedUpdate {
  /** JSON. */
  readonly header: string;
  readonly indexes?: Binary;
  readonly rows?: Binary;
}

/**
 * A batch. It counts once the state document's feed names it, itself or by way of the batches after it (`previous`);
 * one that nobody names was not published in the end.
 */
export interface BatchDocument {
  readonly _id: string;
  readonly previous: string;
  readonly first: number;
  readonly last: number;
  readonly at: Date;
  readonly updates: readonly PackedUpdate[];
  /** The arrays are in chunks whose `write` is this `_id`. */
  readonly isLong: boolean;
}

const INDEXES = "indexes", ROWS = "rows";

export function sizeOf(update: ModelUpdate): number {
  return update.kind === "rowsChanged" ? update.indexes.byteLength + update.rows.byteLength : 0;
}

/** Copies the arrays: the publisher may use them again. */
export function pack(update: ModelUpdate): PackedUpdate {
  if (update.kind !== "rowsChanged") return { header: JSON.stringify(update) };
  const { indexes, rows, ...header } = update;
  return {
    header: JSON.stringify(header),
    indexes: binaryOf(indexes.slice()),
    rows: binaryOf(rows.slice()),
  };
}

export function unpack({ header, indexes, rows }: PackedUpdate): ModelUpdate {
  const update = JSON.parse(header);
  return indexes === undefined || rows === undefined
    ? update
    : { ...update, indexes: wordsOf(indexes), rows: floatsOf(rows) };
}

/** Arrays of packed updates as sections by name, and the updates without them. */
export function splitOff(packed: readonly PackedUpdate[]): [PackedUpdate[], Map<string, Uint8Array>] {
  const sections = new Map<string, Uint8Array>();
  packed.forEach(({ indexes, rows }, place) => {
    if (indexes !== undefined) sections.set(`${INDEXES} ${place}`, bytesOf(indexes));
    if (rows !== undefined) sections.set(`${ROWS} ${place}`, bytesOf(rows));
  });
  return [packed.map(({ header }) => ({ header })), sections];
}

/** Undoes `splitOff`. */
export function putBack(
  updates: readonly PackedUpdate[],
  sections: ReadonlyMap<string, Uint8Array>,
): PackedUpdate[] {
  return updates.map(({ header }, place) => {
    const indexes = sections.get(`${INDEXES} ${place}`), rows = sections.get(`${ROWS} ${place}`);
    return indexes === undefined || rows === undefined
      ? { header }
      : { header, indexes: binaryOf(indexes), rows: binaryOf(rows) };
  });
}
