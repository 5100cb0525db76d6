/** Chunks of a file, cut anywhere, into whole lines for a scanner. */
import { LINE_FEED, MAX_RECORD_BYTES, type RecordScanner } from "./record_scanner.ts";
import type { RowSink } from "./row_sink.ts";

const NOTHING = new Uint8Array(0);

export class RecordFeed {
  readonly #scanner: RecordScanner;
  readonly #rows: RowSink;
  /** What has come and is no whole record yet. */
  #held: Uint8Array = NOTHING;
  /** Inside a line that is too long: passed over until it ends. */
  #isSkipping = false;

  constructor(scanner: RecordScanner, rows: RowSink) {
    this.#scanner = scanner;
    this.#rows = rows;
  }

  /** True where all that has come are whole records. */
  get isBetweenRecords(): boolean {
    return this.#held.length === 0 && !this.#isSkipping;
  }

  /** The next bytes of the file. They are read before this returns, and what must be kept of them is copied. */
  push(chunk: Uint8Array): void {
    const rest = this.#isSkipping ? this.#skip(chunk) : chunk;
    if (rest.length === 0 || this.#rows.stopped) return;
    const bytes = this.#held.length === 0 ? rest : joined(this.#held, rest);
    const end = bytes.lastIndexOf(LINE_FEED) + 1;
    let done = end === 0 ? 0 : this.#scanner.scan(bytes, 0, end, false);
    // A scanner may wait for the end of a record of several lines, but not for ever.
    if (done < end && bytes.length - done > 2 * MAX_RECORD_BYTES) {
      done = this.#scanner.scan(bytes, done, end, true);
    }
    if (done === end && bytes.length - done > MAX_RECORD_BYTES) this.#beginSkipping(bytes.subarray(done));
    else this.#held = bytes.slice(done);
  }

  /** The file is at its end: the last line may lack its line feed. */
  end(): void {
    if (this.#isSkipping) this.#rows.line++;
    this.#isSkipping = false;
    if (this.#held.length === 0 || this.#rows.stopped) return;
    const isEnded = this.#held[this.#held.length - 1] === LINE_FEED;
    const bytes = isEnded ? this.#held : joined(this.#held, Uint8Array.of(LINE_FEED));
    this.#held = NOTHING;
    this.#scanner.scan(bytes, 0, bytes.length, true);
  }

  #beginSkipping(bytes: Uint8Array): void {
    this.#held = NOTHING;
    this.#isSkipping = true;
    this.#rows.reject({ reason: "lineTooLong" }, bytes, 0, bytes.length);
  }

  /** What of the chunk lies behind the line that is too long; the rest of that line goes where its beginning went. */
  #skip(chunk: Uint8Array): Uint8Array {
    const lineEnd = chunk.indexOf(LINE_FEED) + 1;
    this.#rows.continueReject(lineEnd === 0 ? chunk : chunk.subarray(0, lineEnd));
    if (lineEnd === 0) return NOTHING;
    this.#isSkipping = false;
    this.#rows.line++;
    return chunk.subarray(lineEnd);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}
