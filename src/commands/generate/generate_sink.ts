/** Where generated observations go: a file, standard output, or a topic. */
import { BadInput, OutsideFailure } from "../../domain/failure.ts";
import type { Observation } from "../../domain/observation.ts";
import type { Topics } from "../../ports/topic.ts";
import { CsvFormat, observationJson, truthLine, truthPath } from "./generate_format.ts";
import type { GeneratedFormat } from "./generate_lines.ts";
import { writeAll } from "../write_atomically.ts";

export interface ObservationSink {
  /** In order. Resolves when they are as safe as the place makes them; false: nobody wants more of them. */
  write(observations: readonly Observation[]): Promise<boolean>;
  close(): Promise<void>;
}

const encoder = new TextEncoder();

/** Observations as text; the header comes before the first. */
class Lines {
  readonly #format: GeneratedFormat;
  #csv?: CsvFormat;
  #hasHeader: boolean;

  constructor(format: GeneratedFormat, hasHeader: boolean) {
    this.#format = format;
    this.#hasHeader = hasHeader;
  }

  of(observations: readonly Observation[]): Uint8Array {
    if (this.#format === "ndjson") {
      return encoder.encode(observations.map((one) => `${observationJson(one)}\n`).join(""));
    }
    const csv = this.#csv ??= new CsvFormat(observations[0]);
    const header = this.#hasHeader ? "" : `${csv.header()}\n`;
    this.#hasHeader = true;
    return encoder.encode(header + observations.map((one) => `${csv.line(one)}\n`).join(""));
  }
}

export interface FileSinkOptions {
  readonly format: GeneratedFormat;
  /** Goes on behind what is there, which `wholeLines` has looked at. */
  readonly appends: boolean;
  /** Observations that are there. */
  readonly done: number;
}

/** A file that grows as it is written: others may follow it. The truth of CSV goes to `truthPath`. */
export async function fileSink(
  path: string,
  { format, appends, done }: FileSinkOptions,
): Promise<ObservationSink> {
  const open = async (name: string) => {
    try {
      const file = await Deno.open(name, { write: true, create: true, truncate: !appends });
      await file.seek(0, Deno.SeekMode.End);
      return file;
    } catch (cause) {
      throw new OutsideFailure(`opening ${name} to write observations there`, { cause });
    }
  };
  const file = await open(path), lines = new Lines(format, appends && (await file.stat()).size > 0);
  const truth = format === "csv" ? await open(truthPath(path)) : undefined;
  let row = done;
  return {
    async write(observations) {
      const bytes = lines.of(observations), first = row;
      const changes = observations.map(({ truth }, i) =>
        truth === undefined ? "" : truthLine(truth, first + i)
      )
        .join("");
      row += observations.length;
      try {
        if (truth !== undefined && changes !== "") await writeAll(truth, encoder.encode(changes));
        await writeAll(file, bytes);
      } catch (cause) {
        throw new OutsideFailure(`writing observations to ${path}`, { cause });
      }
      return true;
    },
    async close() {
      truth?.close();
      await file.sync().catch(() => {}); // a pipe cannot
      file.close();
    },
  };
}

/** Ends quietly when the reader has seen enough (`| head`). */
export function outputSink(format: GeneratedFormat, output = Deno.stdout.writable): ObservationSink {
  const lines = new Lines(format, false), writer = output.getWriter();
  return {
    async write(observations) {
      try {
        await writer.write(lines.of(observations));
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.BrokenPipe) return false;
        throw error;
      }
    },
    close: async () => writer.releaseLock(),
  };
}

/** One key for all: they keep their order, in one partition, however many the topic has. */
const KEY = encoder.encode("observations");

export async function topicSink(topics: Topics, topic: string): Promise<ObservationSink> {
  await topics.create(topic, 1);
  return {
    async write(observations) {
      const messages = observations.map((one) => ({ key: KEY, value: encoder.encode(observationJson(one)) }));
      await topics.send(topic, messages);
      return true;
    },
    close: async () => {},
  };
}

/** How many messages a topic has had: where a generator that is its only writer goes on. */
export async function messagesSent(topics: Topics, topic: string): Promise<number> {
  const places = await topics.places(topic) ?? [];
  return places.reduce((sum, { endOffset }) => sum + endOffset, 0);
}

/** Enough to tell streams of two functions apart, of which many targets are the same. */
const LAST_LINES = 200;

export interface FileState {
  /** Observations in whole lines. */
  readonly count: number;
  /** The last ones, to be compared with what the stream gives there. */
  readonly lastLines: readonly string[];
}

/** Counts a file's observations, and cuts off a last line that was not written whole. Without a file there are none. */
export async function wholeLines(path: string, format: GeneratedFormat): Promise<FileState> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return { count: 0, lastLines: [] };
    throw new BadInput(`--continue: ${path} cannot be read and written`, { cause });
  }
  try {
    const decoder = new TextDecoder();
    let lineCount = 0, readBytes = 0, wholeBytes = 0, rest = "", last: string[] = [];
    for await (const chunk of file.readable) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      lineCount += lines.length;
      last = [...last, ...lines.slice(-LAST_LINES)].slice(-LAST_LINES);
      if (lines.length > 0) wholeBytes = readBytes + chunk.lastIndexOf(10) + 1;
      readBytes += chunk.length;
    }
    if (wholeBytes < readBytes) await Deno.truncate(path, wholeBytes);
    const count = Math.max(0, format === "csv" ? lineCount - 1 : lineCount);
    return { count, lastLines: last.slice(Math.max(0, last.length - count)) };
  } catch (cause) {
    throw new OutsideFailure(`reading ${path} to go on behind it`, { cause });
  }
}
