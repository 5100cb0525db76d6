/** What SQLite's errors mean to a person. */
import { OutsideFailure } from "../../domain/failure.ts";

const BUSY = 5, READONLY = 8, IOERR = 10, CORRUPT = 11, FULL = 13, CANTOPEN = 14, NOTADB = 26;

/** `exec` and the opening of a file give no number, only SQLite's sentence. */
const CODES_BY_SENTENCE: readonly [string, number][] = [
  ["database is locked", BUSY],
  ["attempt to write a readonly database", READONLY],
  ["disk I/O error", IOERR],
  ["database disk image is malformed", CORRUPT],
  ["database or disk is full", FULL],
  ["unable to open database file", CANTOPEN],
  ["file is not a database", NOTADB],
];

const MEANINGS: ReadonlyMap<number, string> = new Map([
  [BUSY, "another process holds it locked; end that process or try again"],
  [READONLY, "it cannot be written; the file and its folder must be writable"],
  [IOERR, "the disk failed to read or write"],
  [CORRUPT, "the file is damaged; restore it from a copy"],
  [FULL, "the disk is full; nothing of this was kept, what was there before is unharmed"],
  [CANTOPEN, "the file cannot be opened; its folder must exist or be creatable, and both must be writable"],
  [NOTADB, "it is not a SQLite database; name another file or move it away"],
]);

function codeOf(error: Error): number {
  // The lower byte is the kind, the rest its variety.
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  return CODES_BY_SENTENCE.find(([sentence]) => error.message.startsWith(sentence))?.[1] ?? 0;
}

function isSqlite(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}

export function isBusy(error: unknown): boolean {
  return isSqlite(error) && codeOf(error) === BUSY;
}

/** The error as it is if it is not SQLite's; else an OutsideFailure that says what was attempted on which file. */
export function failureOf(what: string, path: string, error: unknown): unknown {
  if (!isSqlite(error)) return error;
  const meaning = MEANINGS.get(codeOf(error)) ?? error.message;
  return new OutsideFailure(`cannot ${what} in the store ${path}: ${meaning}`, { cause: error });
}
