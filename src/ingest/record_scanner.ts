/** What the formats have in common. */

/** Finds records in bytes and gives each to a RowSink. */
export interface RecordScanner {
  /**
   * Reads `bytes[start, end)`, which are whole lines: the last byte is a line feed. Gives where the first record
   * begins that is not whole yet; `end` if all are. With `isLast` nothing comes after these lines.
   */
  scan(bytes: Uint8Array, start: number, end: number, isLast: boolean): number;
}

/** Longest record in bytes: 1 MiB. Beyond it a file is not what it is taken for. */
export const MAX_RECORD_BYTES = 1 << 20;

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const SPACE = 0x20;
export const TAB = 0x09;
