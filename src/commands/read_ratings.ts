/** All rows of a file in memory, numbered for a fit: what one thread would read, by as many as there are. */
import { nameOf, openInput } from "../adapters/deno/open_input.ts";
import { PlainFile } from "../adapters/deno/plain_file.ts";
import { InteractionsBuilder } from "../batch/interactions.ts";
import type { InteractionColumns } from "../domain/event.ts";
import { emptyDictionaries, type IdDictionaries } from "../ingest/coded_rows.ts";
import { detectFormat, type FormatWish } from "../ingest/detect_format.ts";
import type { PartPlan, ReadAt } from "../ingest/file_part.ts";
import { joinParts } from "../ingest/join_parts.ts";
import { readInteractions } from "../ingest/read_interactions.ts";
import { readHead } from "../ingest/read_records.ts";
import { readParts } from "./part_threads.ts";

/** How a file is divided among threads. */
export interface Division {
  /** Smaller files are read by one thread. */
  readonly leastBytes: number;
  readonly partBytes: number;
}

export interface ReadRatingsOptions {
  readonly path: string;
  readonly wish: FormatWish;
  readonly threadCount: number;
  /** Ends the reading: the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** `share` of the file that was read, 0 to 1; .5 where that cannot be known. */
  readonly onProgress?: (share: number, count: number) => void;
  readonly division?: Division;
}

const DIVISION: Division = { leastBytes: 24 << 20, partBytes: 1 << 20 };

/** What was read. Codes are dense in order of first appearance, rows in order of the file. */
export class Ratings {
  readonly ids: IdDictionaries = emptyDictionaries();
  readonly builder = new InteractionsBuilder();
  refusedCount = 0;
  /** Line of the first row that was refused, from 1; 0 if there is none. */
  firstRefusedLine = 0;
  readonly #onProgress: ReadRatingsOptions["onProgress"];

  constructor(onProgress: ReadRatingsOptions["onProgress"]) {
    this.#onProgress = onProgress;
  }

  refuse(count: number, firstLine: number): void {
    if (this.refusedCount === 0) this.firstRefusedLine = firstLine;
    this.refusedCount += count;
  }

  /** Rows after which `readBytes` of the file's bytes have been read. */
  add(batches: readonly InteractionColumns[], readBytes: number, sizeBytes: number | undefined): void {
    const share = sizeBytes === undefined ? undefined : Math.min(1, readBytes / sizeBytes);
    const count = batches.reduce((sum, batch) => sum + batch.count, this.builder.count);
    // Room for the whole file as soon as a part of it is known: growing copies everything.
    const expectedCount = share === undefined ? undefined : Math.ceil(1.1 * count / share);
    for (const batch of batches) this.builder.add(batch, expectedCount);
    this.#onProgress?.(share ?? 0.5, this.builder.count);
  }
}

/** Bad rows are left out and counted. Throws BadInput for a file that is unclear, OutsideFailure for one that fails. */
export async function readRatings(options: ReadRatingsOptions): Promise<Ratings> {
  const { path, threadCount, division = DIVISION } = options;
  const ratings = new Ratings(options.onProgress);
  const file = threadCount > 1 ? PlainFile.open(path) : undefined;
  try {
    if (file === undefined || file.sizeBytes < division.leastBytes) await readInOne(options, ratings);
    else await readDivided(file, options, division, ratings);
  } finally {
    file?.close();
  }
  return ratings;
}

/** By this thread: whatever `openInput` opens. */
async function readInOne({ path, wish, signal }: ReadRatingsOptions, ratings: Ratings): Promise<void> {
  let readBytes = 0;
  const onReject = ({ line, isMore }: { line: number; isMore: boolean }) => {
    if (!isMore) ratings.refuse(1, line);
    return false;
  };
  const { chunks, sizeBytes } = await openInput(path, { signal, onRead: (count) => readBytes += count });
  for await (const batch of readInteractions({ chunks, wish, ids: ratings.ids, onReject })) {
    ratings.add([batch], readBytes, sizeBytes);
  }
}

async function readDivided(
  file: PlainFile,
  { path, wish, threadCount, signal }: ReadRatingsOptions,
  { partBytes }: Division,
  ratings: Ratings,
): Promise<void> {
  const { sizeBytes } = file, name = nameOf(path), { ids } = ratings;
  const chunksFrom = (position: number) => file.chunks(position, name, signal);
  const readAt: ReadAt = (position, into) => file.readAt(position, into);
  const head = await readHead(chunksFrom(0));
  if (head.failure !== undefined) throw head.failure.error;
  const format = detectFormat(head.bytes, wish, head.isWhole);
  if (format === undefined) return;
  const plan: PartPlan = { format, startBytes: head.markBytes, sizeBytes, partBytes };
  const parts = readParts({ path, name, plan, threadCount, signal });
  const onRefused = (count: number, firstLine: number) => ratings.refuse(count, firstLine);
  for await (const { batches, readBytes } of joinParts({ plan, parts, readAt, chunksFrom, ids, onRefused })) {
    ratings.add(batches, readBytes, sizeBytes);
  }
}
