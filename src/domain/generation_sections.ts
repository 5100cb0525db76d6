/**
 * A generation as named sections of bytes, the form in which the embedded store and the edge's snapshot keep it.
 * Numbers are little-endian, as in the memory of every machine that this runs on, so most sections are views.
 */
import { OutsideFailure } from "./failure.ts";
import type { FactorModel } from "./factor_model.ts";
import type { Generation, GenerationContent } from "./generation.ts";
import { packIds, unpackIds } from "./id_list.ts";

/** In the order in which they are stored. */
export const SECTION_NAMES = [
  "manifest",
  "userFactors",
  "itemFactors",
  "itemWeights",
  "userIds",
  "itemIds",
  "seenIndptr",
  "seenIndices",
  "itemCounts",
] as const;

export type SectionName = typeof SECTION_NAMES[number];

export interface Section {
  readonly name: SectionName;
  readonly bytes: Uint8Array;
}

const FORMAT = 1;

/** What is not an array; JSON. */
interface Manifest {
  readonly format: number;
  readonly generation: Generation;
  readonly model: Omit<FactorModel, "userFactors" | "itemFactors" | "itemWeights">;
}

/** All sections of a generation. Their bytes are views of its arrays where possible: copy before the arrays change. */
export function sectionsOf(content: GenerationContent): Section[] {
  const { userFactors, itemFactors, itemWeights, ...model } = content.model;
  const manifest: Manifest = { format: FORMAT, generation: content.generation, model };
  const bytes: Record<SectionName, Uint8Array> = {
    manifest: new TextEncoder().encode(JSON.stringify(manifest, writeNumber)),
    userFactors: bytesOf(userFactors),
    itemFactors: bytesOf(itemFactors),
    itemWeights: bytesOf(itemWeights),
    userIds: packIds(content.userIds),
    itemIds: packIds(content.itemIds),
    seenIndptr: bytesOf(content.seen.indptr),
    seenIndices: bytesOf(content.seen.indices),
    itemCounts: bytesOf(content.itemCounts),
  };
  return SECTION_NAMES.map((name) => ({ name, bytes: bytes[name] }));
}

/**
 * The generation of these sections; its arrays are views of them where they lie on a multiple of 4.
 * Throws OutsideFailure when one is missing, or its length does not fit what the manifest says.
 */
export function contentOf(sections: ReadonlyMap<string, Uint8Array>): GenerationContent {
  const { generation, model } = manifestOf(sectionOf(sections, "manifest"));
  const rows = { users: model.userCount * model.stride, items: model.itemCount * model.stride };
  const indptr = wordsOf(sections, "seenIndptr", model.userCount + 1);
  const weightCount = sectionOf(sections, "itemWeights").byteLength === 0 ? 0 : model.itemCount;
  return {
    generation,
    model: {
      ...model,
      userFactors: floatsOf(sections, "userFactors", rows.users),
      itemFactors: floatsOf(sections, "itemFactors", rows.items),
      itemWeights: floatsOf(sections, "itemWeights", weightCount),
    },
    userIds: idsOf(sections, "userIds", model.userCount),
    itemIds: idsOf(sections, "itemIds", model.itemCount),
    seen: { indptr, indices: wordsOf(sections, "seenIndices", indptr[model.userCount]) },
    itemCounts: wordsOf(sections, "itemCounts", model.itemCount),
  };
}

/** What a generation's manifest section says of it. Throws OutsideFailure when it is damaged. */
export function generationOf(manifest: Uint8Array): Generation {
  return manifestOf(manifest).generation;
}

function manifestOf(bytes: Uint8Array): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes), readNumber);
  } catch (cause) {
    throw new OutsideFailure("cannot read a generation: its manifest is damaged", { cause });
  }
  if (manifest.format !== FORMAT) {
    throw new OutsideFailure(
      `cannot read a generation of format ${manifest.format}: this program reads format ${FORMAT}`,
    );
  }
  return manifest;
}

function sectionOf(sections: ReadonlyMap<string, Uint8Array>, name: SectionName): Uint8Array {
  const bytes = sections.get(name);
  if (bytes === undefined) {
    throw new OutsideFailure(`cannot read a generation: its section ${name} is missing`);
  }
  return bytes;
}

function floatsOf(sections: ReadonlyMap<string, Uint8Array>, name: SectionName, count: number): Float32Array {
  const bytes = wordAligned(sections, name, count);
  return new Float32Array(bytes.buffer, bytes.byteOffset, count);
}

function wordsOf(sections: ReadonlyMap<string, Uint8Array>, name: SectionName, count: number): Uint32Array {
  const bytes = wordAligned(sections, name, count);
  return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
}

/** The bytes of a section of `count` 32-bit words, copied if they do not lie on a multiple of 4. */
function wordAligned(
  sections: ReadonlyMap<string, Uint8Array>,
  name: SectionName,
  count: number,
): Uint8Array {
  const bytes = sectionOf(sections, name);
  if (bytes.byteLength !== 4 * count) {
    throw wrongLength(name, `${bytes.byteLength} bytes`, `${4 * count}`);
  }
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}

function idsOf(sections: ReadonlyMap<string, Uint8Array>, name: SectionName, count: number): string[] {
  let ids: string[];
  try {
    ids = unpackIds(sectionOf(sections, name));
  } catch (cause) {
    throw new OutsideFailure(`cannot read a generation: its section ${name} is damaged`, { cause });
  }
  if (ids.length !== count) throw wrongLength(name, `${ids.length} ids`, `${count}`);
  return ids;
}

function wrongLength(name: SectionName, found: string, expected: string): OutsideFailure {
  return new OutsideFailure(
    `cannot read a generation: its section ${name} has ${found}, its manifest says ${expected}`,
  );
}

function bytesOf(array: Float32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** JSON has no word for NaN and the infinities, and none for -0. */
function writeNumber(_key: string, value: unknown): unknown {
  const isLost = typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0));
  return isLost ? { number: Object.is(value, -0) ? "-0" : String(value) } : value;
}

function readNumber(_key: string, value: unknown): unknown {
  const isLost = typeof value === "object" && value !== null && "number" in value;
  return isLost ? Number(value.number) : value;
}
