/** How a generation of observations is shown: a bar or a count on a terminal, a sentence or one document at its end. */
import { SingleBar } from "cli-progress";
import type { GenerateReport } from "./generate_observations.ts";

export interface GenerateProgress {
  show(done: number, count: number): void;
  /** A line that must not be overwritten by what moves. */
  say(message: string): void;
  end(): void;
}

/** Moves on a terminal only; what is said is always said, on standard error. */
export function terminalProgress(): GenerateProgress {
  const isTerminal = Deno.stderr.isTerminal();
  let bar: SingleBar | undefined, shown = 0, known = false;
  const start = (count: number) => {
    known = Number.isFinite(count);
    bar = new SingleBar({
      format: known
        ? "{bar} {percentage}% | {value} observations | ETA {eta_formatted}"
        : "{value} observations",
      noTTYOutput: false,
      hideCursor: true,
      clearOnComplete: true,
    });
    bar.start(known ? count : 0, shown);
  };
  return {
    show(done, count) {
      if (!isTerminal) return;
      shown = done;
      if (bar === undefined) start(count);
      bar!.update(done);
    },
    say(message) {
      const total = bar?.getTotal() ?? 0;
      bar?.stop();
      console.error(message);
      if (bar !== undefined) start(known ? total : Infinity);
    },
    end() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** The document of `generate --function --json`. */
export function reportDocument({ to, function: name, seed, from, count, truth, ms }: GenerateReport) {
  const eventsPerSecond = Math.round(count / Math.max(ms, 1) * 1000);
  return { to, function: name, seed, from, events: count, next: from + count, truth, eventsPerSecond };
}

const MOST_SHOWN = 8;

/** For people; with how to go on. */
export function reportText(report: GenerateReport): string {
  const { to, function: name, seed, from, count, truth, ms } = report;
  const place = to === "-" ? "standard output" : to;
  const lines = [
    `${count} observations of ${name}, seed ${seed}, in ${(ms / 1000).toFixed(1)} s: ${place}`,
    ...truth.slice(0, MOST_SHOWN).map(({ event, until, concept }) =>
      until === undefined
        ? `  from ${event} on: ${concept}`
        : `  from ${event} to ${until} more and more: ${concept}`
    ),
  ];
  if (truth.length > MOST_SHOWN) lines.push(`  and ${truth.length - MOST_SHOWN} changes more`);
  lines.push(`The next position is ${from + count} (--from, or --continue).`);
  return lines.join("\n");
}

/** Whole lines as they are typed or piped. */
export async function* commandLines(input: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (
    const text of input.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
  ) {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}
