/**
 * The file that carries a generation to the edge: what a server would answer from, in one piece, checked and signed.
 *
 *     bytes 0..7     "FOZSNAP1"
 *     bytes 8..39    SHA-256 of everything from byte 72 on
 *     bytes 40..71   HMAC-SHA256 of "FOZSNAP1" and that SHA-256, or zeros: not signed
 *     bytes 72..75   length of the header in bytes, little-endian
 *     bytes 76..     the header, JSON: {appliedOffset, sections: [{name, offset, length}]}
 *
 * Offsets count from the file's start and are multiples of 64, so that arrays are views of the file. Sections are those
 * of generation_sections.ts and besides `titles` (ids and titles in turn) and `laterUsers`, `laterItems`, `laterPairs`:
 * who interacted with what between the generation's offset and `appliedOffset`.
 */
import { OutsideFailure } from "./failure.ts";
import type { GenerationContent } from "./generation.ts";
import { contentOf, sectionsOf } from "./generation_sections.ts";
import { packIds, unpackIds } from "./id_list.ts";

export interface Snapshot {
  readonly content: GenerationContent;
  /** The answers know all events of the log with a smaller offset. */
  readonly appliedOffset: number;
  readonly titles: ReadonlyMap<string, string>;
  readonly later: LaterSeen;
}

/** Interactions as pairs of indexes: user, item, user, item. Ids may be unknown to the generation. */
export interface LaterSeen {
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly pairs: Uint32Array;
}

interface Header {
  readonly appliedOffset: number;
  readonly sections: readonly { readonly name: string; readonly offset: number; readonly length: number }[];
}

const MAGIC = "FOZSNAP1";
const DIGEST_AT = 8, SIGNATURE_AT = 40, HEADER_AT = 72;
const ALIGNMENT = 64;

const encoder = new TextEncoder();

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function signed(digest: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(...encoder.encode(MAGIC), ...digest);
}

function importKey(key: string, use: "sign" | "verify"): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", encoder.encode(key), { name: "HMAC", hash: "SHA-256" }, false, [use]);
}

/** The header for these sections; places depend on its length and its length on the places' digits, so room is left. */
function layOut(appliedOffset: number, parts: readonly (readonly [string, Uint8Array])[]) {
  const roomBytes = 256 + 128 * parts.length;
  let offset = aligned(HEADER_AT + 4 + roomBytes);
  const sections = parts.map(([name, { length }]) => {
    const section = { name, offset, length };
    offset = aligned(offset + length);
    return section;
  });
  const header: Header = { appliedOffset, sections };
  return { header: encoder.encode(JSON.stringify(header)), sections, size: offset };
}

/** The file's bytes; signed if there is a key. */
export async function writeSnapshot(snapshot: Snapshot, key?: string): Promise<Uint8Array<ArrayBuffer>> {
  const { content, appliedOffset, titles, later } = snapshot;
  const { pairs } = later;
  const parts: [string, Uint8Array][] = [
    ...sectionsOf(content).map(({ name, bytes }): [string, Uint8Array] => [name, bytes]),
    ["titles", packIds([...titles].flat())],
    ["laterUsers", packIds(later.userIds)],
    ["laterItems", packIds(later.itemIds)],
    ["laterPairs", new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength)],
  ];
  const { header, sections, size } = layOut(appliedOffset, parts);
  const file = new Uint8Array(size);
  file.set(encoder.encode(MAGIC));
  new DataView(file.buffer).setUint32(HEADER_AT, header.length, true);
  file.set(header, HEADER_AT + 4);
  for (const [i, [, bytes]] of parts.entries()) file.set(bytes, sections[i].offset);
  const digest = await digestOf(file.subarray(HEADER_AT));
  file.set(digest, DIGEST_AT);
  if (key !== undefined) {
    const signature = await crypto.subtle.sign("HMAC", await importKey(key, "sign"), signed(digest));
    file.set(new Uint8Array(signature), SIGNATURE_AT);
  }
  return file;
}

/**
 * Reads a file of `writeSnapshot`; its arrays are views of `file`. With a key, only a file that was signed with it is
 * accepted. Throws OutsideFailure for what is no snapshot, torn, changed, or signed otherwise.
 */
export async function readSnapshot(file: Uint8Array<ArrayBuffer>, key?: string): Promise<Snapshot> {
  if (file.length < HEADER_AT + 4 || new TextDecoder().decode(file.subarray(0, 8)) !== MAGIC) {
    throw new OutsideFailure(`reading a snapshot of ${file.length} bytes: it does not begin with "${MAGIC}"`);
  }
  const digest = await digestOf(file.subarray(HEADER_AT));
  if (digest.some((byte, i) => byte !== file[DIGEST_AT + i])) {
    throw new OutsideFailure(
      `reading a snapshot of ${file.length} bytes: its SHA-256 does not fit, it is torn or changed`,
    );
  }
  if (key !== undefined) {
    const signature = file.slice(SIGNATURE_AT, HEADER_AT);
    if (!await crypto.subtle.verify("HMAC", await importKey(key, "verify"), signature, signed(digest))) {
      const is = signature.every((byte) => byte === 0) ? "not signed" : "signed with another key";
      throw new OutsideFailure(
        `reading a snapshot of ${file.length} bytes: it is ${is}, and a key was given`,
      );
    }
  }
  const headerLength = new DataView(file.buffer, file.byteOffset).getUint32(HEADER_AT, true);
  const headerBytes = file.subarray(HEADER_AT + 4, HEADER_AT + 4 + headerLength);
  const header: Header = JSON.parse(new TextDecoder().decode(headerBytes));
  const sections = new Map(
    header.sections.map(({ name, offset, length }) => [name, file.subarray(offset, offset + length)]),
  );
  return { content: contentOf(sections), appliedOffset: header.appliedOffset, ...extrasOf(sections) };
}

function extrasOf(sections: ReadonlyMap<string, Uint8Array>): Pick<Snapshot, "titles" | "later"> {
  const [titles, userIds, itemIds] = ["titles", "laterUsers", "laterItems"].map((name) =>
    unpackIds(sections.get(name)!)
  );
  const pairs = sections.get("laterPairs")!.slice();
  return {
    titles: new Map(Array.from({ length: titles.length / 2 }, (_, i) => [titles[2 * i], titles[2 * i + 1]])),
    later: { userIds, itemIds, pairs: new Uint32Array(pairs.buffer) },
  };
}
