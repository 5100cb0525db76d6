/** Rows that were refused, kept so that they can be mended and imported. */
import { OutsideFailure } from "../../domain/failure.ts";

const BUFFER_BYTES = 1 << 16;
const NOTHING = new Uint8Array(0);

/** What a refused row brings. */
export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
  readonly field?: string;
  readonly bytes: Uint8Array;
  /** Further bytes of the row before. */
  readonly isMore: boolean;
}

/**
 * `path` holds the rows byte for byte, under the header line of their file if it has one; `path`.reasons.tsv says of each
 * which line it was and why it was refused. Nothing is made before the first row comes, unless `create` is called; what
 * was there is then replaced.
 */
export class RejectFile {
  readonly path: string;
  readonly #rows: BufferedFile;
  readonly #reasons: BufferedFile;
  #header = NOTHING;
  #count = 0;

  constructor(path: string) {
    this.path = path;
    this.#rows = new BufferedFile(path);
    this.#reasons = new BufferedFile(`${path}.reasons.tsv`);
  }

  /** How many rows are in it. */
  get count(): number {
    return this.#count;
  }

  /** The header line that goes before the first row. */
  set header(bytes: Uint8Array) {
    this.#header = bytes.slice();
  }

  /** Makes the files now. Throws OutsideFailure when they cannot be made. */
  create(): void {
    this.#rows.write(NOTHING);
    this.#reasons.write(NOTHING);
  }

  /** Throws OutsideFailure when the disk refuses. */
  write(row: RejectedRow): void {
    if (this.#count === 0) {
      this.#rows.write(this.#header);
      this.#reasons.write(new TextEncoder().encode("line\treason\tfield\n"));
    }
    this.#rows.write(row.bytes);
    if (row.isMore) return;
    this.#count++;
    const { line, reason, field = "" } = row;
    this.#reasons.write(new TextEncoder().encode(`${line}\t${reason}\t${field}\n`));
  }

  /** Writes what waits and closes. */
  close(): void {
    this.#rows.close();
    this.#reasons.close();
  }
}

class BufferedFile {
  readonly #path: string;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  #file?: Deno.FsFile;

  constructor(path: string) {
    this.#path = path;
  }

  write(bytes: Uint8Array): void {
    this.#attempt(() => {
      this.#file ??= Deno.openSync(this.#path, { write: true, create: true, truncate: true });
      if (this.#length + bytes.length > BUFFER_BYTES) this.#flush();
      if (bytes.length > BUFFER_BYTES) return writeAll(this.#file, bytes);
      this.#buffer.set(bytes, this.#length);
      this.#length += bytes.length;
    });
  }

  close(): void {
    this.#attempt(() => this.#flush());
    this.#file?.close();
    this.#file = undefined;
  }

  #flush(): void {
    if (this.#file !== undefined) writeAll(this.#file, this.#buffer.subarray(0, this.#length));
    this.#length = 0;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new OutsideFailure(`cannot keep refused rows in "${this.#path}"`, { cause: error });
    }
  }
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let p = 0; p < bytes.length;) p += file.writeSync(bytes.subarray(p));
}
