/** Arrays of numbers behind a header of JSON, as bytes. Little-endian, as in the memory of every machine this runs on. */
import { OutsideFailure } from "../domain/failure.ts";

export type Numbers = Float64Array | Float32Array | Uint32Array;

/** What the bytes are of; bytes of another form are refused. */
export interface PackedForm {
  readonly magic: number;
  readonly format: number;
  /** For people, as "the state of a learner". */
  readonly what: string;
}

/** Magic, format, length of the header's text, nothing. */
const PREFIX_BYTES = 16;

const KINDS = [Float64Array, Float32Array, Uint32Array] as const;

interface Header {
  readonly header: unknown;
  /** Of each array: its kind and its length. */
  readonly arrays: readonly (readonly [kind: number, length: number])[];
}

/** Doubles must come before the others: everything then lies where its kind of view may begin. */
export function packArrays(
  form: PackedForm,
  header: unknown,
  arrays: readonly Numbers[],
): Uint8Array<ArrayBuffer> {
  const kinds = arrays.map((array) => [KINDS.findIndex((Kind) => array instanceof Kind), array.length]);
  const text = new TextEncoder().encode(JSON.stringify({ header, arrays: kinds }));
  const start = startBehind(text.length);
  const bytes = new Uint8Array(arrays.reduce((end, array) => end + array.byteLength, start));
  new Uint32Array(bytes.buffer, 0, PREFIX_BYTES / 4).set([form.magic, form.format, text.length]);
  bytes.set(text, PREFIX_BYTES);
  let at = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/**
 * The header and the arrays, which are views of the bytes where those lie as they should. Throws OutsideFailure unless these
 * are whole bytes of this form; that they are the ones that were packed is for whoever keeps them to check.
 */
export function unpackArrays(form: PackedForm, given: Uint8Array): { header: unknown; arrays: Numbers[] } {
  const { magic, format, what } = form;
  const fail = (why: string) => new OutsideFailure(`reading ${what}: ${why}`);
  if (given.length < PREFIX_BYTES) throw fail(`it has ${given.length} bytes`);
  const bytes = given.byteOffset % 8 === 0 ? given : given.slice();
  const [isMagic, isFormat, textLength] = new Uint32Array(bytes.buffer, bytes.byteOffset, PREFIX_BYTES / 4);
  if (isMagic !== magic || isFormat !== format) {
    throw fail(`it begins with ${isMagic} and ${isFormat}, not with ${magic} and ${format}`);
  }
  const start = startBehind(textLength);
  if (start > bytes.length) throw fail(`it has ${bytes.length} bytes, and ${start} before its arrays`);
  const text = new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + textLength));
  const { header, arrays } = JSON.parse(text) as Header;
  let at = start;
  const views = arrays.map(([kind, length]) => {
    const Kind = KINDS[kind], sizeBytes = length * Kind.BYTES_PER_ELEMENT;
    if (at + sizeBytes > bytes.length) throw fail(`it has ${bytes.length} bytes and needs more`);
    at += sizeBytes;
    return new Kind(bytes.buffer as ArrayBuffer, bytes.byteOffset + at - sizeBytes, length);
  });
  if (at !== bytes.length) throw fail(`it has ${bytes.length} bytes and needs ${at}`);
  return { header, arrays: views };
}

function startBehind(textLength: number): number {
  return (PREFIX_BYTES + textLength + 7) & ~7;
}
