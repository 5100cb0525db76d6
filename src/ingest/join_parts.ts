/** Parts of a file that several readers have read, as if one had. */
import type { InteractionColumns } from "../domain/event.ts";
import { CodedRows, type IdDictionaries } from "./coded_rows.ts";
import { type PackedIds, type PartPlan, type ReadAt, type ReadPart, startOfPart } from "./file_part.ts";
import type { IdDictionary } from "./id_dictionary.ts";
import { readRest } from "./read_records.ts";
import { FILE_RULES } from "./scanner_of.ts";

export interface JoinPartsOptions {
  readonly plan: PartPlan;
  /** In order of the file, up to the first that its reader could not read. */
  readonly parts: AsyncIterable<ReadPart>;
  readonly readAt: ReadAt;
  /** The file's bytes from a position on. */
  readonly chunksFrom: (position: number) => AsyncIterable<Uint8Array>;
  /** Get the ids of the rows. */
  readonly ids: IdDictionaries;
  /** Hears of refused rows, in order: how many, and the line of the first of them. */
  readonly onRefused: (count: number, firstLine: number) => void;
}

export interface JoinedRows {
  readonly batches: readonly InteractionColumns[];
  /** Where in the file their reading ended. */
  readonly readBytes: number;
}

/**
 * The rows of the file in order, by codes of `ids`. From the first part on that no reader could read by itself, because
 * records do not end where parts end, all is read here.
 */
export async function* joinParts(options: JoinPartsOptions): AsyncGenerator<JoinedRows> {
  const { startBytes, partBytes, sizeBytes } = options.plan;
  const codes = new ReaderCodes(options.ids);
  let lineCount = 0, unread: number | undefined;
  for await (const { reader, part, rows } of options.parts) {
    if (rows === undefined) {
      unread = part;
      break;
    }
    if (rows.refusedCount > 0) options.onRefused(rows.refusedCount, lineCount + rows.firstRefusedLine);
    lineCount += rows.lineCount;
    codes.extend(reader, rows.newUsers, rows.newItems);
    for (const batch of rows.batches) codes.apply(reader, batch);
    yield { batches: rows.batches, readBytes: Math.min(sizeBytes, startBytes + (part + 1) * partBytes) };
  }
  if (unread !== undefined) yield* readFrom(unread, lineCount, options);
}

async function* readFrom(
  part: number,
  lineCount: number,
  options: JoinPartsOptions,
): AsyncGenerator<JoinedRows> {
  const { plan, ids, chunksFrom, onRefused } = options, { format } = plan;
  // The part before this one ended here, or it would not have been read.
  const start = startOfPart(plan, part, options.readAt)!;
  const onReject = ({ line, isMore }: { line: number; isMore: boolean }) => {
    if (!isMore) onRefused(1, line);
    return false;
  };
  const rows = new CodedRows({ rules: FILE_RULES, ids, onReject, batchCount: plan.batchCount });
  rows.line = lineCount + 1;
  let readBytes = start;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunksFrom(start)) {
      readBytes += chunk.length;
      yield chunk;
    }
  }
  const rest = part === 0 || format.kind !== "delimited" ? format : { ...format, hasHeader: false };
  for await (const batch of readRest(counted(), rest, rows)) yield { batches: [batch], readBytes };
}

/**
 * The readers' codes by those of the file. Each reader reads its parts in order of the file, so the part where an id
 * comes first is one whose reader meets it for the first time: new ids, part by part, are all that is looked at to
 * number them in order of first appearance.
 */
class ReaderCodes {
  readonly #ids: IdDictionaries;
  readonly #users: CodeMap[] = [];
  readonly #items: CodeMap[] = [];

  constructor(ids: IdDictionaries) {
    this.#ids = ids;
  }

  extend(reader: number, newUsers: PackedIds, newItems: PackedIds): void {
    (this.#users[reader] ??= new CodeMap()).extend(newUsers, this.#ids.users);
    (this.#items[reader] ??= new CodeMap()).extend(newItems, this.#ids.items);
  }

  /** Changes the reader's columns in place. */
  apply(reader: number, { users, items }: InteractionColumns): void {
    this.#users[reader].apply(users);
    this.#items[reader].apply(items);
  }
}

class CodeMap {
  #codes = new Uint32Array(1 << 10);
  #count = 0;

  extend({ bytes, ends }: PackedIds, ids: IdDictionary): void {
    const count = this.#count + ends.length;
    if (count > this.#codes.length) {
      const codes = new Uint32Array(Math.max(count, 2 * this.#codes.length));
      codes.set(this.#codes);
      this.#codes = codes;
    }
    let start = 0;
    for (const end of ends) {
      this.#codes[this.#count++] = ids.codeOf(bytes, start, end);
      start = end;
    }
  }

  apply(column: Uint32Array): void {
    const codes = this.#codes;
    for (let i = 0; i < column.length; i++) column[i] = codes[column[i]];
  }
}
