/** Dispatches the command line to commands/. Each command is loaded when it is called, so that start-up stays short. */
import { Command, CommanderError } from "commander";
import { readEnvironment } from "./adapters/deno/environment.ts";
import { endWithLauncher } from "./commands/run/end_with_launcher.ts";
import { reportFailure } from "./commands/report_failure.ts";

/** Name, one line of help, and where the command is. */
const COMMANDS: readonly [string, string, () => Promise<Command>][] = [
  [
    "demo",
    "the whole line on a planted world, from nothing",
    async () => (await import("./commands/demo.ts")).demoCommand(),
  ],
  [
    "up",
    "everything in one process: HTTP, live learning and scheduled training",
    async () => (await import("./commands/up.ts")).upCommand(),
  ],
  [
    "import",
    "ratings or events from files into the log",
    async () => (await import("./commands/import.ts")).importCommand(),
  ],
  [
    "train",
    "one generation from the log: fit, evaluate, publish, activate",
    async () => (await import("./commands/train.ts")).trainCommand(),
  ],
  [
    "generations",
    "list, activate, verify",
    async () => (await import("./commands/generations.ts")).generationsCommand(),
  ],
  [
    "recommend",
    "the list of a user",
    async () => (await import("./commands/recommend.ts")).recommendCommand(),
  ],
  [
    "serve",
    "HTTP over what is in the store",
    async () => (await import("./commands/serve.ts")).serveCommand(),
  ],
  [
    "learn",
    "live learning as a process of its own",
    async () => (await import("./commands/learn.ts")).learnCommand(),
  ],
  [
    "bridge",
    "requests and events of Kafka topics, answers to another",
    async () => (await import("./commands/bridge.ts")).bridgeCommand(),
  ],
  [
    "export",
    "a snapshot for the edge; factors or lists as Parquet or NDJSON",
    async () => (await import("./commands/export.ts")).exportCommand(),
  ],
  [
    "generate",
    "a synthetic stream of events",
    async () => (await import("./commands/generate.ts")).generateCommand(),
  ],
  [
    "evaluate",
    "an offline protocol on data files, with confidence intervals",
    async () => (await import("./commands/evaluate.ts")).evaluateCommand(),
  ],
  [
    "online",
    "an online model over a stream: predict, measure, learn",
    async () => (await import("./commands/online.ts")).onlineCommand(),
  ],
  [
    "compare",
    "several models on the same stream: who copes, who recovers from drift",
    async () => (await import("./commands/compare.ts")).compareCommand(),
  ],
  [
    "run",
    "several commands side by side from one file",
    async () => (await import("./commands/run.ts")).runCommand(),
  ],
  [
    "doctor",
    "checks what is configured and says what to do",
    async () => (await import("./commands/doctor.ts")).doctorCommand(),
  ],
];

function overview(): Command {
  const program = new Command("foz").description(
    "Recommendations that learn from a stream of events: ALS in WebAssembly, one process, no services.",
  );
  for (const [name, help] of COMMANDS) program.command(name, help);
  return program.helpCommand(false).addHelpText(
    "after",
    "\nfoz COMMAND --help shows a command's flags and examples.",
  );
}

/** Gives the exit code: 0 done, 1 failed, 2 bad usage. */
async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(overview().helpInformation());
    return name === undefined ? 2 : 0;
  }
  const found = COMMANDS.find(([known]) => known === name);
  if (found === undefined) {
    const known = COMMANDS.map(([known]) => known).join(", ");
    console.error(`foz: there is no command "${name}"; there are ${known}`);
    return 2;
  }
  const command = (await found[2]()).exitOverride();
  for (const sub of command.commands) sub.exitOverride();
  try {
    await command.parseAsync(rest, { from: "user" });
    return Deno.exitCode; // a command may have set it, after it said what failed
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return reportFailure(name, error);
  }
}

endWithLauncher(readEnvironment().FOZ_LAUNCHER);
Deno.exit(await main(Deno.args));
