/** What a file is, from its first bytes and from what the user said about it. */
import { BadInput } from "../domain/failure.ts";
import { placeByName, type Role, ROLES } from "./column_names.ts";
import { delimiterOf, detectDelimited } from "./detect_delimited.ts";
import type { DelimitedFormat } from "./delimited.ts";
import type { ListsFormat } from "./lists.ts";
import type { NdjsonFormat } from "./ndjson.ts";

/** How rows stand in a file. */
export type FileFormat = DelimitedFormat | NdjsonFormat | ListsFormat;

/** Names for `--format`. `dat` is MovieLens' "::". `lists` (user item item ...) is never guessed. */
export const FORMAT_NAMES = ["csv", "tsv", "dat", "ndjson", "lists"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** What the user said; the rest is found. */
export interface FormatWish {
  readonly format?: FormatName;
  /** One or two ASCII characters, or "tab". */
  readonly delimiter?: string;
  /** Columns of user, item, value, time in this order, each by name or by place from 1; "" for none. */
  readonly columns?: readonly string[];
}

/** How much of a file is looked at. */
export const HEAD_BYTES = 1 << 16;

const SIGNATURES: readonly [number[], string][] = [
  [[0xff, 0xfe], "UTF-16 text"],
  [[0xfe, 0xff], "UTF-16 text"],
  [[0x50, 0x4b, 3, 4], "a zip archive"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file"],
  [[0x28, 0xb5, 0x2f, 0xfd], "Zstandard data"],
  [[0x42, 0x5a, 0x68], "bzip2 data"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz data"],
];

/**
 * The format of a file that begins with `head` (without a byte order mark); `isWhole` when there is no more of it.
 * undefined where there is nothing but blank lines. Throws BadInput that says what was seen and what is accepted.
 */
export function detectFormat(
  head: Uint8Array,
  wish: FormatWish = {},
  isWhole = false,
): FileFormat | undefined {
  refuseBinary(head);
  const text = new TextDecoder().decode(head);
  // The last line may be cut.
  const lines = text.split(/\r?\n/).slice(0, isWhole || !text.includes("\n") ? undefined : -1)
    .filter((line) => line.trim() !== "").slice(0, 100);
  if (lines.length === 0 && isWhole) return undefined;
  if (wish.format === "lists") return { kind: "lists" };
  const isJson = lines[0]?.trimStart().startsWith("{") === true && wish.delimiter === undefined;
  if (wish.format === "ndjson" || (wish.format === undefined && isJson)) return ndjsonOf(lines, wish);
  if (wish.format === undefined && lines[0]?.trimStart().startsWith("[")) {
    throw new BadInput(
      "cannot read a JSON array: one object a line (NDJSON) is accepted, as `jq -c .[]` makes it",
    );
  }
  return detectDelimited(lines, delimiterOf(lines, wish), wish);
}

function refuseBinary(head: Uint8Array): void {
  const known = SIGNATURES.find(([bytes]) => bytes.every((byte, p) => head[p] === byte));
  if (known === undefined && !head.subarray(0, 4096).includes(0)) return;
  const what = known?.[1] ?? "binary data";
  throw new BadInput(
    `cannot read ${what}: UTF-8 text (CSV, TSV, "::", NDJSON) is accepted, plain or in gzip`,
  );
}

function firstObject(lines: readonly string[]): Record<string, unknown> {
  for (const line of lines) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        return value as Record<string, unknown>;
      }
    } catch {
      // A bad line is refused with its number when it is read; here the next one is as good.
    }
  }
  return {};
}

const API_NAMES: Readonly<Record<Role, string>> = {
  user: "userId",
  item: "itemId",
  value: "value",
  time: "time",
};

function ndjsonOf(lines: readonly string[], wish: FormatWish): NdjsonFormat {
  const names = Object.keys(firstObject(lines));
  const nameOf = (role: Role, order: number): string => {
    if (wish.columns !== undefined) return wish.columns[order] ?? "";
    return names.includes(API_NAMES[role])
      ? API_NAMES[role]
      : names[placeByName(role, names)] ?? API_NAMES[role];
  };
  const [user, item, value, time] = ROLES.map(nameOf);
  return { kind: "ndjson", properties: { user, item, value, time } };
}

const DELIMITER_WORDS: Readonly<Record<string, string>> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  "|": "bar",
  " ": "space",
};

/** The format in words: what the user is shown. */
export function describeFormat(format: FileFormat): string {
  if (format.kind === "lists") return "lists: user item item ...";
  if (format.kind === "ndjson") {
    return `ndjson: ${ROLES.map((role) => `${role}=${format.properties[role]}`).join(" ")}`;
  }
  const { delimiter, columns, names, hasHeader } = format;
  const places = ROLES.filter((role) => columns[role] >= 0).map((role) =>
    `${role}=${hasHeader ? names[columns[role]] : columns[role] + 1}`
  );
  return `${DELIMITER_WORDS[delimiter] ?? `"${delimiter}"`} separated, ${
    hasHeader ? "header" : "no header"
  }: ${places.join(" ")}`;
}
