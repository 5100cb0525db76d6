/** What tests of divided reading share: files of all kinds, and what is to come out of them. */
import type { InteractionColumns } from "../../src/domain/event.ts";
import { emptyDictionaries, type IdDictionaries } from "../../src/ingest/coded_rows.ts";
import { detectFormat, type FormatWish } from "../../src/ingest/detect_format.ts";
import {
  partCountOf,
  type PartPlan,
  PartReader,
  type ReadAt,
  type ReadPart,
} from "../../src/ingest/file_part.ts";
import { joinParts } from "../../src/ingest/join_parts.ts";
import { readHead } from "../../src/ingest/read_records.ts";
import { bytesOf, chunksOf, read } from "./reading.ts";

/** Everything that a fit gets of a file. */
export interface Numbered {
  readonly userIds: string[];
  readonly itemIds: string[];
  /** Code of the user, code of the item, value, time. */
  readonly rows: [number, number, number, number][];
  readonly refusedCount: number;
  /** 0 if there is none. */
  readonly firstRefusedLine: number;
}

/** By the reader that serves the log, and a Map. */
export async function numberedPlainly(content: Uint8Array, wish?: FormatWish): Promise<Numbered> {
  const { rows, rejects } = await read(content, { wish });
  const users = new Map<string, number>(), items = new Map<string, number>();
  const codeOf = (codes: Map<string, number>, id: string): number => {
    if (!codes.has(id)) codes.set(id, codes.size);
    return codes.get(id)!;
  };
  return {
    rows: rows.map((row) => [codeOf(users, row.userId), codeOf(items, row.itemId), row.value, row.timeMs]),
    userIds: [...users.keys()],
    itemIds: [...items.keys()],
    refusedCount: rejects.length,
    firstRefusedLine: rejects[0]?.line ?? 0,
  };
}

export function numbered(
  batches: readonly InteractionColumns[],
  ids: IdDictionaries,
  refusedCount: number,
  firstRefusedLine: number,
): Numbered {
  const rows = batches.flatMap(({ count, users, items, values, timesMs }) =>
    Array.from({ length: count }, (_, i): [number, number, number, number] => [
      users[i],
      items[i],
      values[i],
      timesMs[i],
    ])
  );
  return { rows, userIds: ids.users.ids(), itemIds: ids.items.ids(), refusedCount, firstRefusedLine };
}

export function readAtOf(content: Uint8Array, most = Infinity): ReadAt {
  return (position, into) => {
    const bytes = content.subarray(position, position + Math.min(into.length, most));
    into.set(bytes);
    return bytes.length;
  };
}

export async function planOf(content: Uint8Array, partBytes: number, wish?: FormatWish): Promise<PartPlan> {
  const head = await readHead(chunksOf(content));
  const format = detectFormat(head.bytes, wish, head.isWhole)!;
  return { format, startBytes: head.markBytes, sizeBytes: content.length, partBytes, batchCount: 3 };
}

export interface Divided extends Numbered {
  readonly partCount: number;
  /** How many of them their readers could read. */
  readonly readCount: number;
}

/** By readers that share the parts as `readerOf` says, each in order. */
export async function numberedInParts(
  content: Uint8Array,
  plan: PartPlan,
  readerOf: (part: number) => number,
): Promise<Divided> {
  const ids = emptyDictionaries(), batches: InteractionColumns[] = [], partCount = partCountOf(plan);
  let refusedCount = 0, firstRefusedLine = 0, readCount = 0;
  const readers: PartReader[] = [], readAt = readAtOf(content, content.length < 1e5 ? 1000 : 1e5);
  // All are read before the first is joined, as fast threads would.
  const parts = Array.from({ length: partCount }, (_, part): ReadPart => {
    const reader = readerOf(part);
    return { part, reader, rows: (readers[reader] ??= new PartReader(plan, readAt)).read(part) };
  });
  async function* ordered(): AsyncGenerator<ReadPart> {
    for (const part of parts) {
      if (part.rows !== undefined) readCount++;
      yield part;
    }
  }
  const chunksFrom = (position: number) =>
    chunksOf(content.slice(position), content.length < 1e5 ? 97 : 1 << 17);
  const onRefused = (count: number, line: number) => {
    if (refusedCount === 0) firstRefusedLine = line;
    refusedCount += count;
  };
  const joined = joinParts({ plan, parts: ordered(), readAt, chunksFrom, ids, onRefused });
  for await (const rows of joined) batches.push(...rows.batches);
  return { ...numbered(batches, ids, refusedCount, firstRefusedLine), partCount, readCount };
}

/** Small whole numbers from a seed. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) % below;
}

const IDS = [
  "0",
  "7",
  "007",
  "12",
  "4194303",
  "4194304",
  "99999999",
  "-1",
  "a b",
  "ü",
  "👍x",
  "B00004TXYZ",
  "+",
];
const BAD_ROWS = [
  "only",
  "",
  "u,i,five",
  ",i,1",
  "u,,1",
  "u,i\x01,1",
  "u,i,1e999",
  "x".repeat(300) + ",i,1",
  "new1,",
];
const QUOTED = [
  '"a,1",i,2',
  '"u""q",i,3',
  'u,"two\nlines",4',
  'u,i,5,"note\nof, two"',
  '"open,i,1',
  'u,"i"x,1',
];

export type Line = (next: (below: number) => number) => string;

const pick = (next: (below: number) => number, from: readonly string[]) => from[next(from.length)];

/** An id that comes again, or hardly. */
export const someId: Line = (next) =>
  next(3) === 0 ? pick(next, IDS) : String(next(next(2) === 0 ? 9 : 5000));

export const goodRow: Line = (next) => `${someId(next)},${someId(next)},${next(50) / 10}`;

/** Rows with commas, of which some are bad, and some have quotes if there are to be any. */
export function csvLine(badShare: number, quotedShare: number): Line {
  return (next) => {
    const lot = next(1000) / 1000;
    if (lot < badShare) return pick(next, BAD_ROWS);
    return lot < badShare + quotedShare ? pick(next, QUOTED) : goodRow(next);
  };
}

export const jsonLine: Line = (next) => {
  const userId = someId(next), itemId = someId(next), value = next(9);
  const lot = next(12);
  if (lot === 0) return "{";
  if (lot === 1) return JSON.stringify({ userId, itemId, value, type: "click" });
  if (lot === 2) {
    return JSON.stringify({ userId, itemId, value, eventId: `e${next(1e6)}`, time: 1.6e12 + next(1e6) });
  }
  if (lot === 3) return JSON.stringify({ userId, value });
  if (lot === 4) return ` {"userId": ${next(99)}, "itemId": "\\u0041${itemId}"} `;
  return JSON.stringify({ userId, itemId, value });
};

/** Lines, the first ones good so that the format can be seen; some of them blank, and the last one perhaps not ended. */
export function fileOf(seed: number, lineCount: number, line: Line, first: readonly string[]): Uint8Array {
  const next = numbersFrom(seed), lineEnd = next(3) === 0 ? "\r\n" : "\n";
  const lines = [...first, ...Array.from({ length: lineCount }, () => next(12) === 0 ? "" : line(next))];
  return bytesOf((next(4) === 0 ? "\ufeff" : "") + lines.join(lineEnd) + (next(2) === 0 ? lineEnd : ""));
}
