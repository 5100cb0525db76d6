/** One file into the log: opens it, keeps its refused rows, measures. `import`, `up` and `demo` call this. */
import { openInput } from "../../adapters/deno/open_input.ts";
import { RejectFile } from "../../adapters/deno/reject_file.ts";
import { systemClock } from "../../adapters/deno/system_clock.ts";
import { BadInput } from "../../domain/failure.ts";
import { describeFormat, type FormatWish } from "../../ingest/detect_format.ts";
import { importFile, type ImportReport } from "../../ingest/import_file.ts";
import type { Reject } from "../../ingest/row_sink.ts";
import type { EventRules } from "../../ingest/validate_event.ts";
import type { EventLog } from "../../ports/event_log.ts";

export interface ImportPathOptions {
  readonly wish?: FormatWish;
  readonly rules?: EventRules;
  readonly strict?: boolean;
  /** The name that is part of each row's event id; the file's own name if absent. */
  readonly source?: string;
  /** Where refused rows are kept; NAME.rejected in the current folder if absent. */
  readonly rejects?: string;
  readonly signal?: AbortSignal;
  readonly progress?: ImportProgress;
}

/** What the user is shown while it runs. */
export interface ImportProgress {
  /** `sizeBytes` is undefined where it cannot be known. */
  started(path: string, sizeBytes: number | undefined): void;
  format(description: string): void;
  read(sizeBytes: number): void;
  rows(count: number): void;
  ended(): void;
}

/** What became of a file. */
export interface PathReport extends ImportReport {
  readonly path: string;
  readonly source: string;
  readonly description: string;
  readonly ms: number;
  /** Where its refused rows are; absent if there are none, or if they could not be kept. */
  readonly rejects?: string;
  /** Why they could not be kept. */
  readonly rejectsProblem?: string;
}

/** Imports a file, or standard input for "-". Throws BadInput and OutsideFailure as `importFile` and `openInput` do. */
export async function importPath(
  log: EventLog,
  path: string,
  options: ImportPathOptions = {},
): Promise<PathReport> {
  const startMs = systemClock.monotonicMs();
  const { progress, signal } = options;
  const input = await openInput(path, { signal, onRead: (sizeBytes) => progress?.read(sizeBytes) });
  const source = options.source ?? input.name;
  const rejects = new Rejects(options.rejects ?? `${input.name}.rejected`);
  let description = "no rows";
  try {
    await refuseOwnInput(path, rejects.file.path);
    if (options.rejects !== undefined) rejects.file.create();
    progress?.started(path, input.sizeBytes);
    const report = await importFile({
      ...options,
      chunks: input.chunks,
      log,
      sourceName: source,
      onFormat: (format) => {
        description = describeFormat(format);
        progress?.format(description);
      },
      onHeader: (bytes) => rejects.file.header = bytes,
      onReject: (reject) => rejects.write(reject),
      onProgress: (rows) => progress?.rows(rows),
    });
    rejects.close();
    const ms = Math.round(systemClock.monotonicMs() - startMs);
    return { ...report, path, source, description, ms, ...rejects.outcome() };
  } finally {
    rejects.close();
    input.close();
    progress?.ended();
  }
}

/** Opening a file for its refused rows empties it: it must not be the one that is read. */
async function refuseOwnInput(path: string, rejects: string): Promise<void> {
  const [input, output] = await Promise.all(
    [path, rejects].map((one) => Deno.realPath(one).catch(() => undefined)),
  );
  if (path === "-" || input === undefined || input !== output) return;
  throw new BadInput(`refused rows cannot be kept in "${rejects}": it is the file that is imported`);
}

/** Bad rows never stop an import, and so neither does a full disk where they are kept: that is told at the end. */
class Rejects {
  readonly file: RejectFile;
  #problem?: string;

  constructor(path: string) {
    this.file = new RejectFile(path);
  }

  write(reject: Reject): void {
    this.#attempt(() => this.file.write(reject));
  }

  close(): void {
    this.#attempt(() => this.file.close());
  }

  outcome(): { rejects?: string; rejectsProblem?: string } {
    if (this.#problem !== undefined) return { rejectsProblem: this.#problem };
    return this.file.count > 0 ? { rejects: this.file.path } : {};
  }

  #attempt(work: () => void): void {
    if (this.#problem !== undefined) return;
    try {
      work();
    } catch (error) {
      const { message, cause } = error as Error;
      this.#problem = `${message}: ${cause instanceof Error ? cause.message : cause}`;
    }
  }
}
