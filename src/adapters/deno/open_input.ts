/** Bytes of a file or of standard input, unpacked where they are gzip. */
import { createGunzip } from "node:zlib";
import { BadInput, OutsideFailure } from "../../domain/failure.ts";

export interface InputOptions {
  /** Ends the reading: the iteration throws the signal's reason, also while it waits for standard input. */
  readonly signal?: AbortSignal;
  /** Called with the number of bytes that were read, packed as they are; for progress. */
  readonly onRead?: (sizeBytes: number) => void;
}

export interface Input {
  /** As `nameOf` gives it. */
  readonly name: string;
  /** As it lies on the disk; undefined where it cannot be known (standard input, pipes). */
  readonly sizeBytes?: number;
  /** The file is closed when the iteration ends, however it ends. Throws OutsideFailure. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** For an input that is not read after all. */
  close(): void;
}

const READ_BYTES = 1 << 17;
/** Bytes unpacked at a time: what zlib has unpacked when it meets damage, and does not give, is at most this much. */
const UNPACKED_BYTES = 1 << 14;

type Source = Pick<Deno.FsFile, "read"> & { close(): void };

/** Opens a file, or standard input for "-". Throws BadInput when there is none that can be read. */
export async function openInput(path: string, options: InputOptions = {}): Promise<Input> {
  if (path === "-") {
    return inputOf(
      { read: (buffer) => Deno.stdin.read(buffer), close: () => {} },
      "stdin",
      undefined,
      options,
    );
  }
  let file: Deno.FsFile | undefined;
  try {
    file = await Deno.open(path);
    const { isDirectory, isFile, size } = await file.stat();
    if (isDirectory) throw new BadInput(`cannot read "${path}": it is a folder; a file or - is accepted`);
    return inputOf(file, nameOf(path), isFile ? size : undefined, options);
  } catch (error) {
    file?.close();
    if (error instanceof Deno.errors.NotFound) {
      throw new BadInput(`cannot read "${path}": there is no such file`);
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new BadInput(`cannot read "${path}": not permitted`);
    }
    throw error instanceof BadInput ? error : new OutsideFailure(`cannot read "${path}"`, { cause: error });
  }
}

/** The name of what lies at a path: without folders and without ".gz"; "stdin" for "-". */
export function nameOf(path: string): string {
  return path === "-" ? "stdin" : path.replace(/^.*[/\\]/, "").replace(/(.)\.gz$/i, "$1");
}

function inputOf(source: Source, name: string, sizeBytes: number | undefined, options: InputOptions): Input {
  let isClosed = false;
  const close = () => {
    if (!isClosed) source.close();
    isClosed = true;
  };
  const chunks = unpacked(readAll(source, name, options, close), name);
  return { name, sizeBytes, chunks, close };
}

async function* readAll(
  source: Source,
  name: string,
  { signal, onRead }: InputOptions,
  close: () => void,
): AsyncGenerator<Uint8Array> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason);
  aborted.catch(() => {});
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const buffer = new Uint8Array(READ_BYTES);
      const count = await Promise.race([source.read(buffer), aborted]);
      if (count === null) return;
      onRead?.(count);
      yield buffer.subarray(0, count);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new OutsideFailure(`cannot read "${name}" any further`, { cause: error });
  } finally {
    signal?.removeEventListener("abort", abort);
    close();
  }
}

/** What begins with gzip's two magic bytes is gzip, whatever it is called. */
async function* unpacked(chunks: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  try {
    const { value: first, done } = await chunks.next();
    if (done === true) return;
    let head = first;
    if (head.length === 1) {
      const { value: second } = await chunks.next();
      if (second !== undefined) head = Uint8Array.of(...head, ...second);
    }
    const isPacked = head[0] === 0x1f && head[1] === 0x8b;
    yield* isPacked ? gunzipped(head, chunks, name) : plain(head, chunks);
  } finally {
    await chunks.return(undefined);
  }
}

async function* plain(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

/**
 * The platform's DecompressionStream refuses a file of several gzip members (as `cat a.gz b.gz` and bgzip make), and
 * keeps what it has when the file is cut; this takes all members and gives every byte before a cut (before damage, all
 * but the last 16 KiB).
 */
async function* gunzipped(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  const out: Uint8Array[] = [];
  let failure: Error | undefined;
  // Not by "data" events: what waits for one is lost when the stream meets damage.
  const push = gunzip.push.bind(gunzip);
  gunzip.push = (bytes: Uint8Array | null) => bytes === null ? push(null) : out.push(bytes) > 0;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  gunzip.on("end", resolve).resume();
  gunzip.on("error", (error) => {
    failure = error;
    resolve();
  });
  try {
    for await (const chunk of plain(head, rest)) {
      await Promise.race([new Promise<unknown>((written) => gunzip.write(chunk, written)), ended]);
      yield* out.splice(0);
      if (failure !== undefined) break;
    }
    if (failure === undefined) gunzip.end();
    await ended;
    yield* out.splice(0);
  } finally {
    gunzip.destroy();
  }
  if (failure !== undefined) {
    throw new OutsideFailure(`cannot unpack "${name}" any further: the gzip data is cut short or damaged`, {
      cause: failure,
    });
  }
}
