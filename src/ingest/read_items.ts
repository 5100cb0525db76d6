/** Titles of items from a file: MovieLens' movies.csv, movies.dat and u.item, any CSV or TSV like them, NDJSON. */
import { parse } from "csv-parse/sync";
import { BadInput } from "../domain/failure.ts";
import type { ItemDescription } from "../ports/item_catalog.ts";
import { placeByName } from "./column_names.ts";
import { delimiterOf } from "./detect_delimited.ts";
import { idProblem } from "./validate_event.ts";

/** Longest title, in UTF-16 code units; what is longer is cut. */
const MAX_TITLE_LENGTH = 500;
const TITLE_NAMES = ["title", "name", "itemname", "itemtitle", "label", "productname", "trackname"];
const ID_NAMES = ["id", "itemid", "key"];

export interface ItemsRead {
  readonly items: readonly ItemDescription[];
  /** How many rows had no id or no title, and the numbers of the first five of them, from 1. */
  readonly skippedCount: number;
  readonly skippedRows: readonly number[];
}

/** A row of the file: its fields, or for JSON its properties by name. */
type Rows = readonly (readonly string[])[];

/**
 * Reads the whole file, in UTF-8 or, where it is none, in Windows' Latin-1 (as MovieLens' older files are). Throws
 * BadInput when no column can hold ids or titles.
 */
export function readItems(bytes: Uint8Array): ItemsRead {
  const text = textOf(bytes);
  const firstLine = text.split(/\r?\n/, 50).find((line) => line.trim() !== "");
  if (firstLine === undefined) return { items: [], skippedCount: 0, skippedRows: [] };
  const rows = firstLine.trimStart().startsWith("{") ? jsonRows(text) : delimitedRows(text);
  const header = headerOf(rows[0]);
  const { id, title } = header ?? { id: 0, title: 1 };
  return described(rows.slice(header === undefined ? 0 : 1), id, title, header === undefined ? 1 : 2);
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function delimitedRows(text: string): Rows {
  const lines = text.split(/\r?\n/, 100).filter((line) => line.trim() !== "");
  const delimiter = delimiterOf(lines, {});
  const isPlain = delimiter === "::" || delimiter === "|";
  return parse(text, {
    delimiter,
    quote: isPlain ? false : '"',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
  }) as string[][];
}

/** The rows under a header made of the property names of all objects. */
function jsonRows(text: string): Rows {
  const objects = text.split("\n").filter((line) => line.trim() !== "").map(objectOf);
  const names = [...new Set(objects.flatMap(Object.keys))];
  return [names, ...objects.map((object) => names.map((name) => fieldOf(object[name])))];
}

function objectOf(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

function fieldOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Where ids and titles stand, if the row is a header. */
function headerOf(row: readonly string[]): { id: number; title: number } | undefined {
  const names = row.map((name) => name.toLowerCase().replaceAll(/[^a-z]/g, ""));
  const title = names.findIndex((name) => TITLE_NAMES.includes(name));
  const known = placeByName("item", row.map((name, place) => place === title ? "" : name));
  const id = known >= 0 ? known : names.findIndex((name) => ID_NAMES.includes(name));
  if (id >= 0 && title >= 0) return { id, title };
  if (row.length >= 2) return undefined;
  throw new BadInput(
    `cannot read titles from ${
      JSON.stringify(row.join(", ").slice(0, 80))
    }: a column of ids and one of titles are ` +
      "accepted, under names like itemId and title or as the first two",
  );
}

function described(rows: Rows, id: number, title: number, firstRow: number): ItemsRead {
  const items: ItemDescription[] = [], skipped: number[] = [];
  rows.forEach((row, i) => {
    const itemId = (row[id] ?? "").trim(), text = (row[title] ?? "").trim();
    if (idProblem(itemId) !== undefined || text === "") skipped.push(i + firstRow);
    else items.push({ itemId, title: text.slice(0, MAX_TITLE_LENGTH).toWellFormed() });
  });
  return { items, skippedCount: skipped.length, skippedRows: skipped.slice(0, 5) };
}
