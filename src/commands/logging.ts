/** The log of the long-running commands, on standard error: for people on a terminal, JSON lines anywhere else. */
import {
  configure,
  getAnsiColorFormatter,
  getJsonLinesFormatter,
  getTextFormatter,
  type LogLevel,
} from "@logtape/logtape";

/** `level` and what is more severe is written. */
export async function startLogging(level: string): Promise<void> {
  const format = !Deno.stderr.isTerminal()
    ? getJsonLinesFormatter({ properties: "flatten" })
    : Deno.noColor
    ? getTextFormatter({ timestamp: "time" })
    : getAnsiColorFormatter({ timestamp: "time" });
  const encoder = new TextEncoder();
  await configure({
    reset: true,
    sinks: { stderr: (record) => void Deno.stderr.writeSync(encoder.encode(format(record))) },
    loggers: [
      { category: ["foz"], lowestLevel: level as LogLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
}
