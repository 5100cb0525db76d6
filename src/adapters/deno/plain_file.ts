/** A file on a disk that can be read anywhere: by several threads at once, each with one of these. */
import { OutsideFailure } from "../../domain/failure.ts";

const READ_BYTES = 1 << 17;

export class PlainFile {
  readonly sizeBytes: number;
  readonly #file: Deno.FsFile;
  #position = 0;

  private constructor(file: Deno.FsFile, sizeBytes: number) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
  }

  /** undefined for anything else: standard input ("-"), a pipe, a folder, gzip, what cannot be read or is not there. */
  static open(path: string): PlainFile | undefined {
    let file: Deno.FsFile | undefined;
    try {
      // Asked before it is opened: to open a pipe that nobody writes to takes for ever.
      if (path === "-" || !Deno.statSync(path).isFile) return undefined;
      file = Deno.openSync(path);
      const plain = new PlainFile(file, file.statSync().size), magic = new Uint8Array(2);
      plain.readAt(0, magic);
      if (magic[0] !== 0x1f || magic[1] !== 0x8b) return plain;
    } catch {
      // Whoever opens it in another way says why it cannot be read.
    }
    file?.close();
    return undefined;
  }

  /** Reads bytes that begin at `position`; gives how many, 0 at the end. Throws what Deno throws. */
  readAt(position: number, into: Uint8Array): number {
    if (position !== this.#position) this.#file.seekSync(position, Deno.SeekMode.Start);
    const count = this.#file.readSync(into) ?? 0;
    this.#position = position + count;
    return count;
  }

  /** From `position` to the end, the other readings resting meanwhile. Throws OutsideFailure, or the signal's reason. */
  async *chunks(position: number, name: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    for (let at = position;;) {
      signal?.throwIfAborted();
      const bytes = new Uint8Array(READ_BYTES);
      let count: number | null;
      try {
        this.#file.seekSync(at, Deno.SeekMode.Start);
        count = await this.#file.read(bytes);
      } catch (error) {
        throw new OutsideFailure(`cannot read "${name}" any further`, { cause: error });
      } finally {
        this.#position = NaN;
      }
      if (count === null) return;
      at += count;
      yield bytes.subarray(0, count);
    }
  }

  close(): void {
    this.#file.close();
  }
}
