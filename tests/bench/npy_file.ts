/**
 * NumPy's .npy files, version 1.0, of flat or two-dimensional little-endian arrays: what both sides of a pair read at the
 * speed of the disk. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

export type NpyArray = Uint32Array | Float32Array | Int32Array;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** Magic, version, and the length of the header's text. */
const PREAMBLE_BYTES = 10;
const DESCRIPTIONS = { "<u4": Uint32Array, "<f4": Float32Array, "<i4": Int32Array } as const;
/** The array begins at a multiple of this many bytes, so that it can be mapped. */
const ALIGNMENT_BYTES = 64;
const READ_BYTES = 1 << 20;

/** What the header of a file says. */
export interface NpyLayout {
  readonly type: keyof typeof DESCRIPTIONS;
  readonly shape: readonly number[];
  readonly count: number;
  /** Where the array begins. */
  readonly start: number;
}

/** The bytes before the array. */
export function npyHeader(array: NpyArray, shape: readonly number[]): Uint8Array {
  const description = Object.entries(DESCRIPTIONS).find(([, type]) => array instanceof type)![0];
  const dimensions = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': ${dimensions}, }`;
  const length = Math.ceil((PREAMBLE_BYTES + text.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const header = new Uint8Array(length).fill(0x20);
  header.set(MAGIC);
  new DataView(header.buffer).setUint16(MAGIC.length, length - PREAMBLE_BYTES, true);
  header.set(new TextEncoder().encode(text), PREAMBLE_BYTES);
  header[length - 1] = 0x0a;
  return header;
}

/** Writes the array, row by row as `shape` says. */
export async function writeNpy(path: string, array: NpyArray, shape = [array.length]): Promise<void> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== array.length) throw new RangeError(`${array.length} numbers do not fill the shape ${shape}`);
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (const bytes of [npyHeader(array, shape), bytesOf(array)]) {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  }
}

function bytesOf(array: NpyArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function parseHeader(path: string, bytes: Uint8Array): NpyLayout {
  const start = PREAMBLE_BYTES + new DataView(bytes.buffer).getUint16(MAGIC.length, true);
  const text = new TextDecoder().decode(bytes.subarray(PREAMBLE_BYTES, start));
  const type = /'descr': '([^']+)'/.exec(text)?.[1] as NpyLayout["type"];
  if (DESCRIPTIONS[type] === undefined || !text.includes("'fortran_order': False")) {
    const accepted = Object.keys(DESCRIPTIONS).join(", ");
    throw new Error(`${path} holds ${text.trim()}: arrays by rows of ${accepted} are accepted`);
  }
  const sizes = (/'shape': \(([^)]*)\)/.exec(text)?.[1] ?? "").split(",").filter((size) =>
    size.trim() !== ""
  );
  const shape = sizes.map(Number);
  return { type, shape, count: shape.reduce((product, size) => product * size, 1), start };
}

/** What a file holds, without reading it. */
export async function npyLayout(path: string): Promise<NpyLayout> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(4096);
  await file.read(bytes);
  return parseHeader(path, bytes);
}

/** Reads what `writeNpy` wrote, or numpy's `save` of such an array. */
export async function readNpy(path: string): Promise<{ array: NpyArray; shape: readonly number[] }> {
  const bytes = await Deno.readFile(path);
  const { type, shape, count, start } = parseHeader(path, bytes);
  return { array: new DESCRIPTIONS[type](bytes.buffer, start, count), shape };
}

/** Reads a file's array into `to` (which may be shared memory), of the same length, through a small buffer. */
export async function readNpyInto(path: string, to: NpyArray): Promise<void> {
  const { count, start } = await npyLayout(path);
  if (count !== to.length) throw new RangeError(`${path} holds ${count} numbers; ${to.length} are wanted`);
  using file = await Deno.open(path);
  await file.seek(start, Deno.SeekMode.Start);
  const target = bytesOf(to), buffer = new Uint8Array(READ_BYTES);
  for (let at = 0; at < target.length;) {
    const read = await file.read(buffer);
    if (read === null) throw new Error(`${path} ends after ${at} of ${target.length} bytes`);
    target.set(buffer.subarray(0, read), at);
    at += read;
  }
}
