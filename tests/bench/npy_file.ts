/**
 * NumPy's .npy files, version 1.0, of flat or two-dimensional little-endian arrays: what both sides of a pair read at the
 * speed of the disk. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

export type NpyArray = Uint32Array | Float32Array | Int32Array;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
const DESCRIPTIONS = { "<u4": Uint32Array, "<f4": Float32Array, "<i4": Int32Array } as const;
/** The array begins at a multiple of this many bytes, so that it can be mapped. */
const ALIGNMENT_BYTES = 64;

/** The bytes before the array. */
export function npyHeader(array: NpyArray, shape: readonly number[]): Uint8Array {
  const description = Object.entries(DESCRIPTIONS).find(([, type]) => array instanceof type)![0];
  const dimensions = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${description}', 'fortran_order': False, 'shape': ${dimensions}, }`;
  const preamble = MAGIC.length + 2;
  const length = Math.ceil((preamble + text.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const header = new Uint8Array(length).fill(0x20);
  header.set(MAGIC);
  new DataView(header.buffer).setUint16(MAGIC.length, length - preamble, true);
  header.set(new TextEncoder().encode(text), preamble);
  header[length - 1] = 0x0a;
  return header;
}

/** Writes the array, row by row as `shape` says. */
export async function writeNpy(path: string, array: NpyArray, shape = [array.length]): Promise<void> {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count !== array.length) throw new RangeError(`${array.length} numbers do not fill the shape ${shape}`);
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  await writeAll(file, npyHeader(array, shape));
  await writeAll(file, new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

/** Reads what `writeNpy` wrote, or numpy's `save` of such an array. */
export async function readNpy(path: string): Promise<{ array: NpyArray; shape: number[] }> {
  const bytes = await Deno.readFile(path);
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  const description = /'descr': '([^']+)'/.exec(header)?.[1] as keyof typeof DESCRIPTIONS;
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "").split(",").filter((size) => size.trim() !== "");
  const type = DESCRIPTIONS[description];
  if (type === undefined || header.includes("'fortran_order': True")) {
    throw new Error(`${path} holds ${header.trim()}: ${Object.keys(DESCRIPTIONS).join(", ")} by rows are accepted`);
  }
  const count = (bytes.length - start) / type.BYTES_PER_ELEMENT;
  return { array: new type(bytes.buffer, start, count), shape: shape.map(Number) };
}
