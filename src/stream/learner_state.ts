/** The learner's state as bytes, for checkpoints. */
import { OutsideFailure } from "../domain/failure.ts";
import type { SavedLists } from "../kernels/entry_lists.ts";

/** All that is not in the generation itself. Numbers are little-endian, as in the memory of every machine this runs on. */
export interface LearnerState {
  readonly generation: string;
  /** SHA-256 of the generation's factors: two generations of one name are told apart. */
  readonly generationSha256: string;
  readonly method: "foldIn" | "sgd";
  readonly appliedOffset: number;
  /** What whoever learns keeps beside the learner: bytes that are no part of the learner's state. Absent: nothing. */
  readonly beside?: Uint8Array;
  /** Which run of offsets the Gram matrices were last summed for. */
  readonly gramRun: number;
  readonly userFactors: Float32Array;
  readonly itemFactors: Float32Array;
  readonly userGram: Float64Array;
  readonly itemGram: Float64Array;
  readonly users: SavedLists;
  readonly items: SavedLists;
}

const MAGIC = 0x6c7a6f66; // "fozl"
/** Another one where the state or the arithmetic that made it changes: a learner then starts from its generation. */
const FORMAT = 1;
/** Magic, format, checksum, length of the manifest. */
const HEADER_BYTES = 16;

interface Manifest extends Omit<LearnerState, ArrayName | "beside"> {
  readonly lengths: readonly number[];
  /** In base64. */
  readonly beside?: string;
}
type ArrayName = "userFactors" | "itemFactors" | "userGram" | "itemGram" | "users" | "items";
type Numbers = Float64Array | Float32Array | Uint32Array;

/** Doubles first: everything then lies where its kind of view may begin. */
function arraysOf({ userGram, itemGram, users, items, userFactors, itemFactors }: LearnerState): Numbers[] {
  return [
    userGram,
    itemGram,
    users.timesMs,
    items.timesMs,
    userFactors,
    itemFactors,
    users.values,
    items.values,
    users.counts,
    users.indices,
    items.counts,
    items.indices,
  ];
}

const DOUBLE_ARRAYS = 4;
const FLOAT_ARRAYS = 4;

export function encodeLearnerState(state: LearnerState): Uint8Array<ArrayBuffer> {
  const arrays = arraysOf(state);
  const { generation, generationSha256, method, appliedOffset, gramRun } = state;
  const lengths = arrays.map((array) => array.length);
  const beside = state.beside === undefined ? {} : { beside: state.beside.toBase64() };
  const manifest: Manifest = {
    generation,
    generationSha256,
    method,
    appliedOffset,
    gramRun,
    lengths,
    ...beside,
  };
  const text = new TextEncoder().encode(JSON.stringify(manifest));
  const start = (HEADER_BYTES + text.length + 7) & ~7;
  const bytes = new Uint8Array(arrays.reduce((end, array) => end + array.byteLength, start));
  bytes.set(text, HEADER_BYTES);
  let at = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  const header = new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  header.set([MAGIC, FORMAT, 0, text.length]);
  header[2] = checksum(bytes);
  return bytes;
}

/** Throws OutsideFailure when these are not whole bytes of a state. */
export function decodeLearnerState(given: Uint8Array): LearnerState {
  // A copy that begins where doubles may begin, and whose checksum may be blanked.
  const bytes = given.slice();
  if (bytes.length < HEADER_BYTES) throw torn(`it has ${bytes.length} bytes`);
  const header = new Uint32Array(bytes.buffer, 0, HEADER_BYTES / 4);
  const [magic, format, expected, textLength] = header;
  if (magic !== MAGIC || format !== FORMAT) {
    throw torn(`it begins with ${magic} and ${format}, not with ${MAGIC} and ${FORMAT}`);
  }
  header[2] = 0;
  if (checksum(bytes) !== expected) throw torn("its checksum does not match");
  const text = new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + textLength));
  return stateOf(JSON.parse(text), bytes.buffer, (HEADER_BYTES + textLength + 7) & ~7);
}

function stateOf(
  { lengths, beside, ...manifest }: Manifest,
  buffer: ArrayBuffer,
  start: number,
): LearnerState {
  let at = start;
  const arrays = lengths.map((length, k): Numbers => {
    const Kind = k < DOUBLE_ARRAYS
      ? Float64Array
      : k < DOUBLE_ARRAYS + FLOAT_ARRAYS
      ? Float32Array
      : Uint32Array;
    const array = new Kind(buffer, at, length);
    at += array.byteLength;
    return array;
  });
  const doubles = arrays.slice(0, DOUBLE_ARRAYS) as Float64Array[];
  const floats = arrays.slice(DOUBLE_ARRAYS, DOUBLE_ARRAYS + FLOAT_ARRAYS) as Float32Array[];
  const words = arrays.slice(DOUBLE_ARRAYS + FLOAT_ARRAYS) as Uint32Array[];
  return {
    ...manifest,
    ...(beside === undefined ? {} : { beside: Uint8Array.fromBase64(beside) }),
    userGram: doubles[0],
    itemGram: doubles[1],
    userFactors: floats[0],
    itemFactors: floats[1],
    users: { counts: words[0], indices: words[1], values: floats[2], timesMs: doubles[2] },
    items: { counts: words[2], indices: words[3], values: floats[3], timesMs: doubles[3] },
  };
}

/** FNV-1a over words, the last ones filled up with zeros; finds torn and flipped bytes, not forgery. */
function checksum(bytes: Uint8Array<ArrayBuffer>): number {
  const wholes = bytes.length >>> 2, words = new Uint32Array(bytes.buffer, 0, wholes);
  let hash = 0x811c9dc5 ^ bytes.length;
  for (let i = 0; i < wholes; i++) hash = Math.imul(hash ^ words[i], 0x01000193) ^ hash >>> 15;
  for (let i = 4 * wholes; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash >>> 0;
}

function torn(why: string): OutsideFailure {
  return new OutsideFailure(`reading the state of a learner: ${why}; the checkpoint before it may be whole`);
}
