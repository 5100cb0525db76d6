/**
 * Which event has which id, and which events a user has. Events below `indexedUntil` are found in sorted runs on the disk,
 * later ones in tables in memory that are made from their blocks; both hold what a transaction sees, never more.
 */
import { eventIdOfKey, isKeyId, keyOfEventId } from "../../domain/event_key.ts";
import type { Database } from "./database.ts";
import type { EventBlock, EventBlocks } from "./event_blocks.ts";
import { RecentEvents } from "./recent_events.ts";
import { type Entries, SortedRuns } from "./sorted_runs.ts";

const FLUSH_COUNT = 262_144;
const HIGH_WORD = 2 ** 32;

export interface KeyIndexOptions {
  /** Events in memory, at least, before they are written as runs; 262,144 if absent. */
  readonly flushCount?: number;
}

/** Ends of the log and of its runs, as the present transaction sees them. */
export interface IndexBounds {
  readonly end: number;
  readonly indexedUntil: number;
}

/** And how many users were erased by then. */
export interface LogBounds extends IndexBounds {
  readonly erasureCount: number;
}

export class KeyIndex {
  readonly #blocks: EventBlocks;
  /** First and second word of a key, low and high word of its event's offset. */
  readonly #keyRuns: SortedRuns;
  /** User code, low and high word of the offset. */
  readonly #userRuns: SortedRuns;
  #recent = new RecentEvents();
  readonly #flushCount: number;
  #indexedUntil = -1;
  #end = 0;

  constructor(database: Database, blocks: EventBlocks, options: KeyIndexOptions = {}) {
    this.#flushCount = options.flushCount ?? FLUSH_COUNT;
    this.#blocks = blocks;
    this.#keyRuns = new SortedRuns(database, { kind: "keys", columnCount: 4, isFiltered: true });
    this.#userRuns = new SortedRuns(database, { kind: "users", columnCount: 3, isFiltered: false });
  }

  /** Takes in what was written since the last call, by whomever. To be called first in every transaction. */
  refresh({ end, indexedUntil }: IndexBounds): void {
    if (indexedUntil !== this.#indexedUntil) {
      this.#keyRuns.refresh();
      this.#userRuns.refresh();
      this.#recent = new RecentEvents();
      this.#indexedUntil = this.#end = indexedUntil;
    }
    if (end === this.#end) return;
    for (const block of this.#blocks.keys(this.#end, end)) {
      const eventIds = new Map(block.extras.map(([position, eventId]) => [position, eventId]));
      for (let i = Math.max(0, this.#end - block.first); i < block.count; i++) {
        this.#recent.add(block.keys, 4 * i, eventIds.get(i) ?? null, block.users[i], block.first + i);
      }
    }
    this.#end = end;
  }

  /** Drops what is remembered, which may not have been committed. */
  forget(): void {
    this.#indexedUntil = -1;
    this.#keyRuns.forget();
    this.#userRuns.forget();
  }

  /** Remembers an event that the present transaction writes. */
  add(keys: Uint32Array, at: number, eventId: string | null, user: number, offset: number): void {
    this.#recent.add(keys, at, eventId, user, offset);
    this.#end = offset + 1;
  }

  /** Of an event that is not in the runs. `eventId` is null where the key says it. */
  findRecent(keys: Uint32Array, at: number, eventId: string | null): number | undefined {
    return this.#recent.find(keys, at, eventId);
  }

  /** The offset of the event with this id. */
  find(eventId: string, key = keyOfEventId(eventId)): number | undefined {
    const recent = this.#recent.find(key, 0, isKeyId(eventId) ? null : eventId);
    if (recent !== undefined) return recent;
    for (const { entries, place } of this.#keyRuns.find(key[0], key[1])) {
      const offset = offsetAt(entries, 2, place);
      if (eventIdAt(this.#blocks.holding(offset), offset) === eventId) return offset;
    }
  }

  /** Marks the rows of a batch of imported keys that are in the runs. */
  findImported(keys: Uint32Array, count: number): Uint8Array {
    const first = new Uint32Array(count), second = new Uint32Array(count);
    for (let row = 0; row < count; row++) first[row] = keys[4 * row], second[row] = keys[4 * row + 1];
    const candidates: { row: number; offset: number }[] = [];
    this.#keyRuns.findMany(first, second, (row, entries, place) => {
      candidates.push({ row, offset: offsetAt(entries, 2, place) });
    });
    const isKnown = new Uint8Array(count);
    let block: EventBlock | undefined;
    for (const { row, offset } of candidates.sort((one, other) => one.offset - other.offset)) {
      if (block === undefined || offset >= block.first + block.count) block = this.#blocks.holding(offset);
      if (hasImportedKey(block, offset - block.first, keys, 4 * row)) isKnown[row] = 1;
    }
    return isKnown;
  }

  /** Offsets of the user's events, newest first. */
  *ofUser(user: number): Generator<number> {
    yield* this.#recent.ofUser(user);
    const older: number[] = [];
    for (const { entries, place } of this.#userRuns.find(user)) older.push(offsetAt(entries, 1, place));
    yield* older.reverse();
  }

  /**
   * Takes out the user's events, which are gone from the blocks by now; `keys` are theirs, of each the four words. What is
   * remembered is forgotten: `refresh` before anything else.
   */
  erase(user: number, keys: Uint32Array, offsets: ReadonlySet<number>): void {
    const firstWords = keys.filter((_, word) => word % 4 === 0);
    this.#keyRuns.refresh();
    this.#userRuns.refresh();
    this.#keyRuns.remove(firstWords, (entries, place) => offsets.has(offsetAt(entries, 2, place)));
    this.#userRuns.remove(Uint32Array.of(user), (entries, place) => entries[0][place] === user);
    this.forget();
  }

  /** Writes the events in memory as runs, if they are many. Gives the new `indexedUntil`. */
  flush(end: number): number {
    if (this.#recent.count < this.#flushCount) return this.#indexedUntil;
    const { keys, users, offsets } = this.#recent.columns();
    this.#keyRuns.add([keys[0], keys[1], offsets.low, offsets.high]);
    this.#userRuns.add([users, offsets.low, offsets.high]);
    this.#recent = new RecentEvents();
    return this.#indexedUntil = this.#end = end;
  }
}

/** The id of an event of the block. */
export function eventIdAt(block: EventBlock, offset: number): string {
  const position = offset - block.first;
  return block.extras.find(([at]) => at === position)?.[1] ?? eventIdOfKey(block.keys, 4 * position);
}

function hasImportedKey(block: EventBlock, position: number, keys: Uint32Array, at: number): boolean {
  for (let word = 0; word < 4; word++) if (block.keys[4 * position + word] !== keys[at + word]) return false;
  return !block.extras.some(([extraAt, eventId]) => extraAt === position && eventId !== null);
}

function offsetAt(entries: Entries, column: number, place: number): number {
  return entries[column][place] + HIGH_WORD * entries[column + 1][place];
}
