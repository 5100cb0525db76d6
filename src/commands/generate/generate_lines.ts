/** A planted world as text that `foz import` reads, in pieces of many lines. */
import { BadInput } from "../../domain/failure.ts";
import type { Interaction } from "../../domain/event.ts";
import { interactionsOf } from "../../synthesize/event_batches.ts";
import { itemIdOf, type PlantedWorld } from "../../synthesize/planted_world.ts";
import { plantTitles } from "../../synthesize/titles.ts";

export const GENERATED_FORMATS = ["csv", "ndjson"] as const;
export type GeneratedFormat = (typeof GENERATED_FORMATS)[number];

/** As given, or by the name of the file; csv for names that say nothing. Throws BadInput. */
export function formatOfFile(path: string, given: string | undefined): GeneratedFormat {
  if (given === undefined) return /\.(ndjson|jsonl)$/i.test(path) ? "ndjson" : "csv";
  const format = GENERATED_FORMATS.find((known) => known === given);
  if (format !== undefined) return format;
  throw new BadInput(`--format was given "${given}"; accepted is one of ${GENERATED_FORMATS.join(", ")}`);
}

const LINES_PER_PIECE = 4096;

/** The events in order. CSV has seconds and, for implicit feedback, no column of ratings. */
export function* eventLines(world: PlantedWorld, format: GeneratedFormat): Generator<string> {
  const isExplicit = world.options.feedback === "explicit";
  let piece = format === "csv" ? `userId,itemId,${isExplicit ? "rating," : ""}timestamp\n` : "";
  let lineCount = 0;
  for (const event of interactionsOf(world)) {
    const { userId, itemId, value, timeMs } = event;
    piece += format === "ndjson"
      ? `${eventJson(event)}\n`
      : `${userId},${itemId},${isExplicit ? `${value},` : ""}${timeMs / 1000}\n`;
    if (++lineCount % LINES_PER_PIECE === 0) {
      yield piece;
      piece = "";
    }
  }
  if (piece !== "") yield piece;
}

/** An event as `POST /v1/events` and the events' topic take it. */
export function eventJson({ userId, itemId, value, timeMs }: Interaction): string {
  return JSON.stringify({ userId, itemId, value, time: timeMs });
}

/** CSV with header; titles hold commas, so they are quoted. */
export function* titleLines({ truth }: PlantedWorld): Generator<string> {
  const lines = plantTitles(truth).map((title, item) => `${itemIdOf(item)},"${title}"\n`);
  yield `itemId,title\n${lines.join("")}`;
}
