/** Lists and factors of a snapshot as rows, for other programs. */
import { ByteWriter, ParquetWriter, type SchemaElement } from "hyparquet-writer";
import type { RecommendationList } from "../../domain/recommendation.ts";
import type { Snapshot } from "../../domain/snapshot.ts";
import type { ActiveModel } from "../../serve/model_answers.ts";
import { writeAll } from "../write_atomically.ts";

export type ExportKind = "lists" | "factors";

/** Users or items whose rows are made and written together. */
const PORTION = 2000;

/** In the place of a user who was erased: nobody has a row. */
const ERASED = "";

/** A column of a table: its Parquet type, and values of a portion. */
interface Column {
  readonly name: string;
  readonly type: "STRING" | "INT32" | "FLOAT";
  readonly data: (string | number)[];
}

/** The list of every user that the generation knows, `n` items long, as the server would answer it now. */
export function* listsOf(
  { recommender }: ActiveModel,
  snapshot: Snapshot,
  n: number,
): Generator<RecommendationList> {
  for (const userId of snapshot.content.userIds) {
    if (userId !== ERASED) yield recommender.recommend(userId, { n });
  }
}

interface FactorRow {
  readonly side: "user" | "item";
  readonly id: string;
  /** Explicit models only. */
  readonly bias?: number;
  readonly factors: Float32Array;
}

/** A row for each user, then for each item. */
export function* factorsOf({ content: { model, userIds, itemIds } }: Snapshot): Generator<FactorRow> {
  const { feedback, factorCount } = model.parameters;
  const sides = [["user", userIds, model.userFactors, 0], ["item", itemIds, model.itemFactors, 1]] as const;
  for (const [side, ids, rows, biasPlace] of sides) {
    for (const [i, id] of ids.entries()) {
      if (id === ERASED) continue;
      const row = rows.subarray(i * model.stride, (i + 1) * model.stride);
      const bias = feedback === "explicit" ? { bias: row[factorCount + biasPlace] } : {};
      yield { side, id, ...bias, factors: row.subarray(0, factorCount) };
    }
  }
}

function* portions<Row>(rows: Iterable<Row>): Generator<Row[]> {
  let portion: Row[] = [];
  for (const row of rows) {
    portion.push(row);
    if (portion.length === PORTION) {
      yield portion;
      portion = [];
    }
  }
  if (portion.length > 0) yield portion;
}

/** One JSON document a line. Typed arrays become lists. */
export async function writeNdjson(file: Deno.FsFile, rows: Iterable<object>): Promise<number> {
  const encoder = new TextEncoder();
  let count = 0;
  for (const portion of portions(rows)) {
    const lines = portion.map((row) =>
      JSON.stringify(row, (_, value) => value instanceof Float32Array ? Array.from(value) : value) + "\n"
    );
    await writeAll(file, encoder.encode(lines.join("")));
    count += portion.length;
  }
  return count;
}

function listColumns(lists: readonly RecommendationList[]): Column[] {
  const rows = lists.flatMap(({ userId, basis, items }) => items.map((item) => ({ userId, basis, ...item })));
  return [
    { name: "userId", type: "STRING", data: rows.map((row) => row.userId) },
    { name: "rank", type: "INT32", data: rows.map((row) => row.rank) },
    { name: "itemId", type: "STRING", data: rows.map((row) => row.itemId) },
    { name: "score", type: "FLOAT", data: rows.map((row) => row.score) },
    { name: "basis", type: "STRING", data: rows.map((row) => row.basis) },
  ];
}

function factorColumns(rows: readonly FactorRow[]): Column[] {
  const [{ bias, factors }] = rows;
  const factorNames = Array.from(factors, (_, f) => f);
  return [
    { name: "side", type: "STRING", data: rows.map((row) => row.side) },
    { name: "id", type: "STRING", data: rows.map((row) => row.id) },
    ...(bias === undefined
      ? []
      : [{ name: "bias", type: "FLOAT" as const, data: rows.map((row) => row.bias!) }]),
    ...factorNames.map((f) => ({
      name: `f${f}`,
      type: "FLOAT" as const,
      data: rows.map((row) => row.factors[f]),
    })),
  ];
}

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const leaves = columns.map(({ name, type }): SchemaElement =>
    type === "STRING"
      ? { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" }
      : { name, type, repetition_type: "REQUIRED" }
  );
  return [{ name: "root", num_children: leaves.length }, ...leaves];
}

/** Flat Parquet: `(userId, rank, itemId, score, basis)`, or `(side, id, bias?, f0, f1, ...)`. Gives the rows written. */
export async function writeParquet(
  file: Deno.FsFile,
  kind: ExportKind,
  rows: Iterable<RecommendationList> | Iterable<FactorRow>,
  snapshot: Snapshot,
): Promise<number> {
  const bytes = new ByteWriter();
  let parquet: ParquetWriter | undefined, count = 0;
  for (const portion of portions<RecommendationList | FactorRow>(rows)) {
    const columns = kind === "lists"
      ? listColumns(portion as RecommendationList[])
      : factorColumns(portion as FactorRow[]);
    parquet ??= new ParquetWriter({
      writer: bytes,
      schema: schemaOf(columns),
      kvMetadata: provenance(snapshot),
    });
    await parquet.write({ columnData: columns, rowGroupSize: columns[0].data.length || 1 });
    await drain(bytes, file);
    count += columns[0].data.length;
  }
  parquet?.finish();
  await drain(bytes, file);
  return count;
}

/** Hands on what was encoded so far; `offset` goes on counting. */
async function drain(bytes: ByteWriter, file: Deno.FsFile): Promise<void> {
  await writeAll(file, new Uint8Array(bytes.buffer, 0, bytes.index).slice());
  bytes.index = 0;
}

/** Where the rows come from, in the file's own metadata. */
function provenance({ content: { generation }, appliedOffset }: Snapshot): { key: string; value: string }[] {
  return [
    { key: "foz.generation", value: JSON.stringify(generation) },
    { key: "foz.appliedOffset", value: String(appliedOffset) },
  ];
}
