/** What `compare` compares on: lines of a file or a synthetic stream, a topic, or the log. */
import { BadInput } from "../../domain/failure.ts";
import type { ConceptChange, Task } from "../../domain/observation.ts";
import type { ObservationLine } from "../../online/streams/read_observations.ts";
import { truthPath } from "../generate/generate_format.ts";
import { isGenerated, type LinesOptions, openLines } from "../online/observation_lines.ts";
import { feedName, openFeed } from "../online/online_feed.ts";

export interface ComparedStreamOptions extends LinesOptions {
  /** As the settings. */
  readonly kafka: string;
  readonly store: string;
  /** Follow a topic or the log until its present end only. */
  readonly untilEnd: boolean;
}

export interface ComparedStream {
  /** What models have to do, where the stream itself says it. */
  readonly task?: Task;
  /** How many observations it has; undefined: not known. */
  readonly count?: number;
  /** The seed of a synthetic stream. */
  readonly seed?: number;
  /** Gives lines until it ends, the handler says false, or the signal aborts. */
  follow(handle: (lines: readonly ObservationLine[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Throws BadInput and OutsideFailure, also while it is followed. */
export async function openComparedStream(options: ComparedStreamOptions): Promise<ComparedStream> {
  const { stream, drift, concept, rate } = options;
  if (!isGenerated(stream) && [drift, concept, rate].some((flag) => flag !== undefined)) {
    throw new BadInput(`--drift, --concept and --rate are of synthetic streams; "${stream}" is none`);
  }
  return feedName(stream) === undefined ? await openLined(options) : await openFollowed(options);
}

async function openLined(options: ComparedStreamOptions): Promise<ComparedStream> {
  const { stream, signal } = options, opened = await openLines(options);
  const truth = isGenerated(stream) ? new Map<number, ConceptChange>() : await readTruth(truthPath(stream));
  return {
    ...opened,
    async follow(handle) {
      let row = 0;
      try {
        for await (const lines of opened.lines) {
          const marked = truth.size === 0 ? lines : lines.map((line) => withTruth(line, truth.get(row++)));
          if (!handle(marked) || signal.aborted) return;
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    close: async () => opened.close(),
  };
}

function withTruth(line: ObservationLine, truth: ConceptChange | undefined): ObservationLine {
  if (truth === undefined || line.refusal !== undefined) return line;
  return { line: line.line, observation: { ...line.observation, truth } };
}

/** What `foz generate` wrote beside a CSV file, by the row of the observation. */
async function readTruth(path: string): Promise<Map<number, ConceptChange>> {
  const text = await Deno.readTextFile(path).catch(() => "");
  try {
    const changes = text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    return new Map(changes.map(({ row, ...change }: ConceptChange & { row: number }) => [row, change]));
  } catch (cause) {
    throw new BadInput(
      `reading the truth in ${path}: lines {"row": 5000, "event": 5000, "concept": "..."} are accepted`,
      { cause },
    );
  }
}

async function openFollowed(options: ComparedStreamOptions): Promise<ComparedStream> {
  const { stream, format, kafka, store, untilEnd, signal, warn } = options;
  const none = { predictions: "", model: "", signal, warn };
  const opened = await openFeed(feedName(stream)!, { kafka, store, format, ...none });
  return {
    async follow(handle) {
      const enough = new AbortController(), positions = new Map<number, number>();
      let line = 0;
      const positionOf = (partition: number) => positions.get(partition);
      await opened.feed.follow({ positionOf, untilEnd }, async ({ partition, records }) => {
        if (enough.signal.aborted) return;
        // After a failure or a rebalance some come again.
        const position = positions.get(partition) ?? 0;
        const fresh = records.filter(({ offset }) => offset >= position);
        positions.set(partition, (fresh.at(-1)?.offset ?? position - 1) + 1);
        if (!handle(fresh.map(({ read }): ObservationLine => ({ line: ++line, ...read })))) enough.abort();
      }, AbortSignal.any([signal, enough.signal]));
    },
    close: () => opened.close(),
  };
}
