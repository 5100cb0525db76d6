/** Delimiter, header and columns of a delimited file, from its first lines. */
import { parse } from "csv-parse/sync";
import { BadInput } from "../domain/failure.ts";
import { placeByName, placeOf, type Role, ROLES } from "./column_names.ts";
import type { ColumnPlaces, DelimitedFormat } from "./delimited.ts";
import type { FormatWish } from "./detect_format.ts";
import { timeOfText } from "./parse_time.ts";

const CANDIDATES = ["\t", ",", ";", "|"];
/** A third column of such numbers holds times rather than values: 1e8 seconds is March 1973. */
const LEAST_TIME = 1e8;

/** The delimiter that was given, or that cuts the lines most evenly. Throws BadInput when there is none. */
export function delimiterOf(lines: readonly string[], wish: FormatWish): string {
  if (wish.delimiter !== undefined) return checkedDelimiter(wish.delimiter);
  if (wish.format === "tsv") return "\t";
  if (wish.format === "dat") return "::";
  // What stands in quotes says nothing about delimiters.
  const bare = lines.map((line) => line.replaceAll(/"(?:[^"]|"")*"/g, '""'));
  if (wish.format === undefined && bare.every((line) => line.includes("::"))) return "::";
  let best = "", bestScore = 0;
  for (const candidate of CANDIDATES) {
    const counts = bare.map((line) => line.split(candidate).length);
    const usual = counts[0] > 1 ? counts[0] : counts[1] ?? 1;
    const score = usual < 2 ? 0 : counts.filter((count) => count === usual).length + usual / 1000;
    if (score > bestScore) best = candidate, bestScore = score;
  }
  if (best !== "") return best;
  throw new BadInput(
    `cannot tell how fields are separated in ${
      JSON.stringify((lines[0] ?? "").slice(0, 80))
    }: a tab, comma, ` +
      'semicolon, bar or "::" is found by itself; give another with --delimiter, or --format lists for lines of ' +
      "a user and items",
  );
}

function checkedDelimiter(given: string): string {
  const delimiter = given === "tab" || given === "\\t" ? "\t" : given === "space" ? " " : given;
  if (/^[\t\x20-\x7e]{1,2}$/.test(delimiter) && !/["0-9]/.test(delimiter)) return delimiter;
  throw new BadInput(
    `--delimiter was given ${
      JSON.stringify(given)
    }; accepted are one or two ASCII characters, "tab" or "space"`,
  );
}

/** Header and columns of lines with this delimiter. Throws BadInput when user and item cannot be found. */
export function detectDelimited(
  lines: readonly string[],
  delimiter: string,
  wish: FormatWish,
): DelimitedFormat {
  const quoting = delimiter.length === 1;
  const rows = lines.map((line) => fieldsOf(line, delimiter, quoting));
  const names = rows[0] ?? [];
  const hasHeader = isHeader(rows, wish);
  const body = hasHeader ? rows.slice(1) : rows;
  const columns = wish.columns !== undefined
    ? wishedColumns(wish.columns, hasHeader, names)
    : hasHeader
    ? columnsByName(names)
    : columnsByPlace(body);
  return { kind: "delimited", delimiter, quoting, hasHeader, columns, names: hasHeader ? names : [] };
}

function fieldsOf(line: string, delimiter: string, quoting: boolean): string[] {
  const plain = () => line.split(delimiter).map((field) => field.trim());
  if (!quoting || !line.includes('"')) return plain();
  try {
    const rows = parse(line, { delimiter, relax_column_count: true, trim: delimiter !== " " });
    return (rows as string[][])[0] ?? [];
  } catch {
    return plain();
  }
}

function isNumber(field: string | undefined): boolean {
  return field !== undefined && field !== "" && Number.isFinite(Number(field));
}

function isTime(field: string | undefined): boolean {
  return field !== undefined && (Number(field) >= LEAST_TIME || !Number.isNaN(timeOfText(field)));
}

function isPosition(column: string): boolean {
  return /^ *[1-9][0-9]{0,3} *$/.test(column);
}

/** A first line is a header if its names are usual ones, or if it has no number where the second line has one. */
function isHeader(rows: readonly string[][], wish: FormatWish): boolean {
  const [first = [], second = []] = rows;
  if (wish.columns?.some((column) => column.trim() !== "" && !isPosition(column))) return true;
  if (placeByName("user", first) >= 0 && placeByName("item", first) >= 0) return true;
  return !first.some(isNumber) && second.some(isNumber);
}

function columnsByName(names: readonly string[]): ColumnPlaces {
  const [user, item, value, time] = ROLES.map((role) => placeByName(role, names));
  if (user >= 0 && item >= 0) return { user, item, value, time };
  const missing = user < 0 ? item < 0 ? "user and item" : "user" : "item";
  throw new BadInput(
    `cannot tell which column holds the ${missing}; the header has ${names.join(", ")}; ` +
      "give them with --columns user,item,value,time (names or places from 1)",
  );
}

function columnsByPlace(rows: readonly string[][]): ColumnPlaces {
  const counts = rows.map((row) => row.length);
  const width = Math.max(
    0,
    ...counts.filter((count) => 2 * counts.filter((c) => c >= count).length >= counts.length),
  );
  const [thirds, fourths] = [2, 3].map((place) => rows.map((row) => row[place]).filter((field) => field));
  if (width < 2) throw new BadInput("cannot find two columns, user and item; give --delimiter and --columns");
  if (width === 2) return { user: 0, item: 1, value: -1, time: -1 };
  if (width === 3 && thirds.length > 0 && thirds.every((field) => !isNumber(field) || isTime(field))) {
    if (thirds.some(isTime)) return { user: 0, item: 1, value: -1, time: 2 };
  }
  if (!thirds.some(isNumber)) {
    throw new BadInput(
      `cannot take the third column for values: it begins ${
        thirds.slice(0, 3).map((f) => `"${f}"`).join(", ")
      }; ` +
        "give --columns user,item,value,time (places from 1; leave out what is not there)",
    );
  }
  const hasTime = fourths.some((field) => isNumber(field) || isTime(field));
  return { user: 0, item: 1, value: 2, time: hasTime ? 3 : -1 };
}

function wishedColumns(
  wished: readonly string[],
  hasHeader: boolean,
  names: readonly string[],
): ColumnPlaces {
  const placeOfWish = (role: Role, order: number): number => {
    const column = (wished[order] ?? "").trim();
    if (column === "" && order >= 2) return -1;
    const byName = hasHeader ? placeOf(column, names) : -1;
    if (byName >= 0) return byName;
    if (isPosition(column)) return Number(column) - 1;
    throw new BadInput(
      `--columns names "${column}" for the ${role}; accepted are ${
        hasHeader && names.length > 0 ? `${names.join(", ")} or ` : ""
      }a place from 1`,
    );
  };
  const [user, item, value, time] = ROLES.map(placeOfWish);
  return { user, item, value, time };
}
