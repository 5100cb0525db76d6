/** `foz run`: several commands side by side from one file. */
import { Command } from "commander";
import { dirname } from "node:path";
import { readEnvironment } from "../adapters/deno/environment.ts";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { OutsideFailure } from "../domain/failure.ts";
import { jsonLines, prefixedLines } from "./run/run_output.ts";
import { Pipeline, type PipelineOutcome } from "./run/run_pipeline.ts";
import { parsePlan, type Plan } from "./run/run_plan.ts";
import { addSettings, readSettings } from "./settings.ts";

const NAMES = ["json"] as const;
/** The exit code of a process that a signal ended: 128 + 2. */
const INTERRUPTED = 130;
/** Of the first command of the file; the next has one more. */
const FIRST_FAILED = 11;

const HELP = `
The file is JSON:

  {
    "defaults": { "FOZ_KAFKA": "sqlite:data/topics.db" },     settings (FOZ_...) unless the environment has them
    "commands": {
      "learner": {
        "foz": ["online", "--model", "scale | linear", "--stream", "topic:foz.observations"],
        "ready": { "delayMs": 500 }
      },
      "generator": {
        "foz": ["generate", "--function", "friedman", "--to", "topic:foz.observations", "--rate", "100"],
        "after": ["learner"], "endsRun": true
      },
      "reader": { "command": ["python", "reader.py"], "restart": "never", "environment": { "DEBUG": "1" } }
    }
  }

  foz, command   the arguments of a foz command, or any program with its arguments ("deno" is this Deno); run in the file's folder
  after          starts when these are ready
  ready          { "line": PATTERN } it printed a line that matches; { "url": URL } is answered; { "delayMs": N }; { "file": PATH }
                 was written; { "end": true } it ended well. Absent: as soon as it runs. "readyWithinMs": 60000 unless it says otherwise
  restart        on-failure (if absent; not after bad usage), always, never; pauses grow from half a second to 30
  mostRestarts   in a row; 5 if absent. One more failure ends the run
  endsRun        true: when it has ended, the others are stopped and the run is done

Ctrl-C stops all, who needs others first; a second one ends them at once. The exit code is 0 when all ended well, 11 when the
first command of the file failed, 12 for the second, and so on; 2 for a file that cannot be used.

Examples:
  foz run examples/drift/pipeline.json
  FOZ_KAFKA=kafka://localhost:9092 foz run examples/drift/pipeline.json`;

/** The command. */
export function runCommand(): Command {
  const command = new Command("run").description("several commands side by side from one file")
    .argument("<file>", "a pipeline: which commands, in which order")
    .addHelpText("after", HELP);
  addSettings(command, NAMES);
  return command.action(async (file: string) => {
    const { json } = readSettings(command, NAMES), plan = await readPlan(file);
    const names = plan.commands.map(({ name }) => name), environment = readEnvironment();
    const isColored = Deno.stdout.isTerminal() && !Deno.noColor;
    const print = (text: string) => console.log(text);
    const output = json ? jsonLines(print) : prefixedLines(names, isColored, print);
    const pipeline = new Pipeline({
      plan,
      folder: dirname(file),
      environment,
      clock: systemClock,
      onLine: (name, line) => output.line(name, line),
      onNote: (name, note) => output.note(name, note),
    });
    stopOnSignals(pipeline);
    const outcome = await pipeline.run();
    if (json) print(JSON.stringify(documentOf(outcome)));
    if (outcome.failed === undefined) return;
    const { name, failure } = outcome.failed;
    if (!json) console.error(`foz run: "${name}" ${failure}`);
    Deno.exitCode = FIRST_FAILED + names.indexOf(name);
  });
}

async function readPlan(file: string): Promise<Plan> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (cause) {
    throw new OutsideFailure(`reading the pipeline ${file}`, { cause });
  }
  return parsePlan(text, file);
}

/** The first asks all to end, the second ends them, and this process, at once. */
function stopOnSignals(pipeline: Pipeline): void {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      if (asked) {
        pipeline.kill();
        Deno.exit(INTERRUPTED);
      }
      asked = true;
      pipeline.stop();
    });
  }
}

function documentOf({ failed, commands }: PipelineOutcome) {
  return { failed: failed?.name ?? null, commands };
}
