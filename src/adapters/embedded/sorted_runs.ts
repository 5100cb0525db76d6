/**
 * An index of the log as sorted runs. Random keys in a B-tree dirty one page each, so that every commit of a large
 * import would write the tree anew; a run is written once and in order. Measured, 1 M keys of 128 bits in durable commits
 * of 32 k: blobs in a B-tree 165,000/s, 63-bit integers in a B-tree 230,000 to 340,000/s and slower as it grows, sorted
 * blobs 4,300,000/s.
 *
 * A run is a table of 32-bit columns sorted by the first, stable, cut into pages; its fences are the first keys of its
 * pages. Runs are immutable, but for what is taken out of them when a user is erased. When the newest FAN_IN runs have the same level, they are merged into one of the next.
 * Runs are added in the order of the log, and only neighbours are merged, so each covers its own range of offsets.
 */
import type { Database } from "./database.ts";
import { bytesOf, wordsOf } from "./blobs.ts";
import { KeyFilter } from "./key_filter.ts";
import { sortedOrder } from "./sorted_order.ts";

const PAGE_ENTRIES = 1024;
/** Pages of a run are numbered from run * RUN_PAGES. */
const RUN_PAGES = 65_536;
const FAN_IN = 4;
const NO_KEY = 0xffffffff;
/** Runs of this level are not merged again: one merge must not hold the lock for seconds. */
const MAX_LEVEL = 2;

interface Run {
  readonly run: number;
  readonly level: number;
  readonly count: number;
  readonly fences: Uint32Array;
  /** Over the first two columns. */
  readonly filter: KeyFilter | undefined;
}

/** Column c of a page or a run; all of the same length. */
export type Entries = readonly Uint32Array[];

export interface SortedRunsOptions {
  readonly kind: string;
  readonly columnCount: number;
  /** Keeps a filter over the first two columns, for `findMany`. */
  readonly isFiltered: boolean;
}

export class SortedRuns {
  readonly #database: Database;
  readonly #options: SortedRunsOptions;
  /** Oldest first. */
  #runs: Run[] = [];

  constructor(database: Database, options: SortedRunsOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** Reads which runs there are. To be called in a transaction, when anybody may have changed them. */
  refresh(): void {
    const known = new Map(this.#runs.map((run) => [run.run, run]));
    this.#runs = this.#database.sql("SELECT run FROM index_runs WHERE kind = ? ORDER BY run").all(
      this.#options.kind,
    )
      .map(({ run }) => known.get(run as number) ?? this.#read(run as number));
  }

  /** Adds a run (unsorted columns) and merges. To be called in a transaction that writes; `forget` if it fails. */
  add(columns: Entries): void {
    this.#write(columns, 0);
    for (;;) {
      const newest = this.#runs.slice(-FAN_IN), level = newest[0].level;
      if (newest.length < FAN_IN || level >= MAX_LEVEL || newest.some((run) => run.level !== level)) return;
      const merged = this.#concatenate(newest);
      for (const run of newest) this.#remove(run);
      this.#write(merged, level + 1);
    }
  }

  /**
   * Places of all entries whose first column is `first`, and the second `second` if that is given; oldest run first,
   * within a run in the order in which they were added.
   */
  *find(first: number, second?: number): Generator<{ entries: Entries; place: number }> {
    for (const run of this.#runs) {
      if (second !== undefined && run.filter?.mayHold(first, second) === false) continue;
      for (let page = firstPage(run.fences, first); page < run.fences.length; page++) {
        if (page > 0 && run.fences[page] > first) break;
        const entries = this.#page(run, page);
        for (let place = lowerBound(entries[0], first); entries[0][place] === first; place++) {
          if (second === undefined || entries[1][place] === second) yield { entries, place };
        }
      }
    }
  }

  /** Calls `found` for every row whose first two words are there, with each such entry. Needs filters. */
  findMany(
    first: Uint32Array,
    second: Uint32Array,
    found: (row: number, entries: Entries, place: number) => void,
  ): void {
    for (const run of this.#runs) {
      const rows = rowsInFilter(run.filter!, first, second);
      const keys = gather(first, rows);
      let loaded = -1;
      let entries: Entries = [];
      // In order of the keys each page is read once.
      for (const i of sortedOrder(keys)) {
        const key = keys[i], row = rows[i];
        for (let page = firstPage(run.fences, key); page < run.fences.length; page++) {
          if (page > 0 && run.fences[page] > key) break;
          if (page !== loaded) entries = this.#page(run, loaded = page);
          for (let place = lowerBound(entries[0], key); entries[0][place] === key; place++) {
            if (entries[1][place] === second[row]) found(row, entries, place);
          }
        }
      }
    }
  }

  /**
   * Takes out what `isGone` says among the entries whose first column is one of `keys`, and forgets everything: other
   * connections must too. Filters stay: they do not tell keys, and may say of one more that it may be there.
   */
  remove(keys: Uint32Array, isGone: (entries: Entries, place: number) => boolean): void {
    for (const run of this.#runs) {
      const pages = new Set<number>();
      for (const key of keys) for (const page of pagesOf(run.fences, key)) pages.add(page);
      let count = run.count;
      for (const page of pages) {
        const entries = this.#page(run, page), kept = placesOf(entries, (place) => !isGone(entries, place));
        if (kept.length === entries[0].length) continue;
        count -= entries[0].length - kept.length;
        const left = entries.map((column) => gather(column, kept));
        // An empty page is passed over wherever it stands: its fence only has to keep the order.
        run.fences[page] = left[0][0] ?? run.fences[page + 1] ?? NO_KEY;
        this.#database.sql("UPDATE index_pages SET entries = ? WHERE page = ?")
          .run(packed(left, 0), run.run * RUN_PAGES + page);
      }
      if (count === run.count) continue;
      this.#database.sql("UPDATE index_runs SET count = ?, fences = ? WHERE run = ?")
        .run(count, bytesOf(run.fences), run.run);
    }
    this.forget();
  }

  /** Drops what is remembered, which may not have been committed. */
  forget(): void {
    this.#runs = [];
  }

  #read(run: number): Run {
    const row = this.#database.sql("SELECT level, count, fences, filter FROM index_runs WHERE run = ?").get(
      run,
    )!;
    return {
      run,
      level: row.level as number,
      count: row.count as number,
      fences: wordsOf(row.fences as Uint8Array),
      filter: row.filter === null ? undefined : new KeyFilter(wordsOf(row.filter as Uint8Array)),
    };
  }

  #write(columns: Entries, level: number): void {
    const order = sortedOrder(columns[0]);
    const sorted = columns.map((column) => gather(column, order));
    const count = order.length;
    const fences = new Uint32Array(Math.ceil(count / PAGE_ENTRIES));
    for (let page = 0; page < fences.length; page++) fences[page] = sorted[0][page * PAGE_ENTRIES];
    const filter = this.#options.isFiltered ? KeyFilter.of(columns[0], columns[1]) : undefined;
    const { lastInsertRowid } = this.#database.sql(
      "INSERT INTO index_runs (kind, level, count, fences, filter) VALUES (?, ?, ?, ?, ?)",
    ).run(
      this.#options.kind,
      level,
      count,
      bytesOf(fences),
      filter === undefined ? null : bytesOf(filter.words),
    );
    const run = { run: Number(lastInsertRowid), level, count, fences, filter };
    const insert = this.#database.sql("INSERT INTO index_pages (page, entries) VALUES (?, ?)");
    for (let page = 0; page < fences.length; page++) {
      insert.run(run.run * RUN_PAGES + page, packed(sorted, page * PAGE_ENTRIES));
    }
    this.#runs.push(run);
  }

  #remove(run: Run): void {
    this.#database.sql("DELETE FROM index_runs WHERE run = ?").run(run.run);
    this.#database.sql("DELETE FROM index_pages WHERE page >= ? AND page < ?")
      .run(run.run * RUN_PAGES, (run.run + 1) * RUN_PAGES);
    this.#runs = this.#runs.filter((other) => other !== run);
  }

  #concatenate(runs: readonly Run[]): Entries {
    const count = runs.reduce((sum, run) => sum + run.count, 0);
    const columns = Array.from({ length: this.#options.columnCount }, () => new Uint32Array(count));
    let start = 0;
    for (const run of runs) {
      for (let page = 0; page < run.fences.length; page++) {
        const entries = this.#page(run, page);
        columns.forEach((column, c) => column.set(entries[c], start));
        start += entries[0].length;
      }
    }
    return columns;
  }

  #page(run: Run, page: number): Entries {
    const row = this.#database.sql("SELECT entries FROM index_pages WHERE page = ?").get(
      run.run * RUN_PAGES + page,
    );
    const words = wordsOf(row!.entries as Uint8Array);
    const count = words.length / this.#options.columnCount;
    return Array.from(
      { length: this.#options.columnCount },
      (_, c) => words.subarray(c * count, (c + 1) * count),
    );
  }
}

function rowsInFilter(filter: KeyFilter, first: Uint32Array, second: Uint32Array): Uint32Array {
  const rows = new Uint32Array(first.length);
  let count = 0;
  for (let row = 0; row < first.length; row++) {
    if (filter.mayHold(first[row], second[row])) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** The pages that can hold the key. */
function* pagesOf(fences: Uint32Array, key: number): Generator<number> {
  for (let page = firstPage(fences, key); page < fences.length; page++) {
    if (page > 0 && fences[page] > key) return;
    yield page;
  }
}

function placesOf(entries: Entries, isWanted: (place: number) => boolean): Uint32Array {
  const places: number[] = [];
  for (let place = 0; place < entries[0].length; place++) if (isWanted(place)) places.push(place);
  return Uint32Array.from(places);
}

/** The first page that can hold the key: the last whose fence is smaller. */
function firstPage(fences: Uint32Array, key: number): number {
  return Math.max(0, lowerBound(fences, key) - 1);
}

/** The first place whose value is not smaller. */
function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0, high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function gather(column: Uint32Array, order: Uint32Array): Uint32Array {
  const gathered = new Uint32Array(order.length);
  for (let i = 0; i < order.length; i++) gathered[i] = column[order[i]];
  return gathered;
}

/** One page of the columns, column after column. */
function packed(columns: Entries, start: number): Uint8Array {
  const count = Math.min(PAGE_ENTRIES, columns[0].length - start);
  const words = new Uint32Array(count * columns.length);
  columns.forEach((column, c) => words.set(column.subarray(start, start + count), c * count));
  return bytesOf(words);
}
