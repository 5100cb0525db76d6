/** `foz export`: a snapshot of the active generation for the edge; lists or factors for other programs. */
import { Command, Option } from "commander";
import { BadInput } from "../domain/failure.ts";
import { type Snapshot, writeSnapshot } from "../domain/snapshot.ts";
import { SnapshotModel } from "../serve/snapshot_model.ts";
import { activeSnapshot } from "./export/active_snapshot.ts";
import { type ExportKind, factorsOf, listsOf, writeNdjson, writeParquet } from "./export/export_tables.ts";
import { loadKernel } from "./kernel_builds.ts";
import { openStore } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { writeAll, writeAtomically } from "./write_atomically.ts";

const EXAMPLES = `
Examples:
  foz export --to foz.snapshot                                what an edge function answers from (src/edge.ts)
  FOZ_SNAPSHOT_KEY=secret foz export --to foz.snapshot        signed: the function checks it with the same key
  foz export --to lists.parquet --format parquet              (userId, rank, itemId, score, basis) of every user
  foz export --to factors.ndjson --format ndjson --what factors

The file appears whole or not at all. Events since the generation are in it: lists leave out what was seen since.`;

const NAMES = ["store", "snapshotKey", "json"] as const;

type Format = "snapshot" | "parquet" | "ndjson";

interface ExportFlags {
  readonly to: string;
  readonly format: Format;
  readonly what: ExportKind;
  readonly limit: string;
}

interface Exported {
  /** Rows of a table; absent for a snapshot. */
  readonly rows?: number;
  readonly bytes: number;
}

/** The command. */
export function exportCommand(): Command {
  const command = new Command("export")
    .description("a snapshot of the active generation for the edge; lists or factors as Parquet or NDJSON")
    .requiredOption("--to <file>", "the file to write")
    .addOption(
      new Option("--format <format>", "what kind of file").choices(["snapshot", "parquet", "ndjson"]).default(
        "snapshot",
      ),
    )
    .addOption(
      new Option("--what <what>", "of Parquet and NDJSON").choices(["lists", "factors"]).default("lists"),
    )
    .option("--limit <n>", "items in each list", "50")
    .addHelpText("after", EXAMPLES);
  addSettings(command, NAMES);
  return command.action(async (flags: ExportFlags) => {
    const settings = readSettings(command, NAMES);
    const limit = Number(flags.limit);
    if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
      throw new BadInput(`--limit was given "${flags.limit}"; accepted is a whole number from 1 to 10000`);
    }
    const store = await openStore(settings.store);
    try {
      const snapshot = await activeSnapshot(store);
      const { rows, bytes } = await exportSnapshot(snapshot, flags, limit, settings.snapshotKey);
      const { generation } = snapshot.content.generation;
      const { appliedOffset } = snapshot;
      if (settings.json) {
        console.log(JSON.stringify({ file: flags.to, generation, appliedOffset, rows, bytes }));
      } else {console.log(
          `${flags.to}: ${rows === undefined ? "" : `${rows} rows, `}${bytes} bytes from ${generation}`,
        );}
    } finally {
      await store.close();
    }
  });
}

/** Writes one file. */
export async function exportSnapshot(
  snapshot: Snapshot,
  { to, format, what }: Pick<ExportFlags, "to" | "format" | "what">,
  limit: number,
  snapshotKey = "",
): Promise<Exported> {
  if (format === "snapshot") {
    const bytes = await writeSnapshot(snapshot, snapshotKey || undefined);
    return { bytes: await writeAtomically(to, (file) => writeAll(file, bytes)) };
  }
  const { module } = await loadKernel("portable");
  const { current } = new SnapshotModel(module, snapshot);
  const rowsOf = () => what === "lists" ? listsOf(current, snapshot, limit) : factorsOf(snapshot);
  let rows = 0;
  const bytes = await writeAtomically(to, async (file) => {
    rows = format === "ndjson"
      ? await writeNdjson(file, rowsOf())
      : await writeParquet(file, what, rowsOf() as Parameters<typeof writeParquet>[2], snapshot);
  });
  return { rows, bytes };
}
