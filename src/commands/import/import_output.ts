/** How an import is shown: a bar and tables for people, one document for machines. */
import { SingleBar } from "cli-progress";
import type { ImportProgress, PathReport } from "./import_path.ts";
import { plainTable } from "../plain_table.ts";

/** A bar with an estimate by bytes, on a terminal; nothing anywhere else. */
export function terminalProgress(): ImportProgress | undefined {
  if (!Deno.stderr.isTerminal()) return undefined;
  let bar: SingleBar | undefined, readBytes = 0;
  return {
    started(path, sizeBytes) {
      const amount = sizeBytes === undefined ? "" : "{bar} {percentage}% | ETA {eta_formatted} | ";
      bar = new SingleBar({
        format: `${path} ${amount}{rows} rows`,
        noTTYOutput: false,
        hideCursor: true,
        clearOnComplete: true,
      });
      readBytes = 0;
      bar.start(sizeBytes ?? 0, 0, { rows: 0 });
    },
    format(description) {
      bar?.stop();
      console.error(description);
      bar?.start(bar.getTotal(), readBytes, { rows: 0 });
    },
    read(sizeBytes) {
      bar?.update(readBytes += sizeBytes);
    },
    rows(count) {
      bar?.update(readBytes, { rows: count });
    },
    ended() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function countsOf({ rejected }: PathReport): Record<string, number> {
  return Object.fromEntries(Object.entries(rejected).map(([reason, { count }]) => [reason, count]));
}

function documentOf(report: PathReport): Record<string, unknown> {
  const { path, source, description, rows, accepted, duplicates, rejected, ms, end, problem } = report;
  const lines = Object.fromEntries(Object.entries(rejected).map(([reason, { lines }]) => [reason, lines]));
  return {
    file: path,
    rows,
    accepted,
    duplicates,
    rejected: countsOf(report),
    ms,
    source,
    format: description,
    rejectedLines: lines,
    ...(report.rejects === undefined ? {} : { rejects: report.rejects }),
    ...(end === "whole" ? {} : { end, problem }),
  };
}

/** The document of `import --json`: of one file as API.md has it; of several the same under `files`, and the sums. */
export function importDocument(reports: readonly PathReport[], titles?: number): Record<string, unknown> {
  const more = titles === undefined ? {} : { titles };
  if (reports.length === 1) return { ...documentOf(reports[0]), ...more };
  const sumOf = (key: "rows" | "accepted" | "duplicates" | "ms") =>
    reports.reduce((sum, report) => sum + report[key], 0);
  const rejected: Record<string, number> = {};
  for (const counts of reports.map(countsOf)) {
    for (const [reason, count] of Object.entries(counts)) rejected[reason] = (rejected[reason] ?? 0) + count;
  }
  const [rows, accepted, duplicates, ms] = (["rows", "accepted", "duplicates", "ms"] as const).map(sumOf);
  return { files: reports.map(documentOf), rows, accepted, duplicates, rejected, ms, ...more };
}

/** What became of the files, for people. */
export function importTables(reports: readonly PathReport[]): string {
  const table = plainTable(["file", "rows", "accepted", "duplicates", "rejected", "rows/s"], [1, 2, 3, 4, 5]);
  for (const { path, rows, accepted, duplicates, rejectedCount, ms } of reports) {
    const rate = Math.round(rows / Math.max(ms, 1) * 1000);
    table.push([
      path,
      ...[rows, accepted, duplicates, rejectedCount, rate].map((n) => n.toLocaleString("en")),
    ]);
  }
  return [table.toString(), ...reports.flatMap(notesOn)].join("\n");
}

function notesOn(report: PathReport): string[] {
  const notes = [`${report.path}: ${report.description}`];
  for (const [reason, { count, lines }] of Object.entries(report.rejected)) {
    notes.push(
      `  ${reason}: ${count}, line${count > 1 ? "s" : ""} ${lines.join(", ")}${count > 5 ? ", ..." : ""}`,
    );
  }
  if (report.rejects !== undefined) {
    notes.push(
      `  refused rows are in ${report.rejects}, the reasons in ${report.rejects}.reasons.tsv; mended, they go in by\n` +
        `  foz import ${report.rejects} --source ${JSON.stringify(report.source)}`,
    );
  }
  if (report.rejectsProblem !== undefined) {
    notes.push(`  refused rows were not kept: ${report.rejectsProblem}`);
  }
  if (report.duplicates > 0) {
    notes.push(
      `  duplicates were imported before from "${report.source}"; --source NAME makes them other events`,
    );
  }
  return notes;
}
