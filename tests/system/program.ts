/** Runs the program as a process of its own. */
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function commandOf(args: readonly string[], cwd: string | undefined, piped: boolean): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: [...OWN_PROGRAM, ...args],
    env: { NO_COLOR: "1" },
    stdin: piped ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    cwd,
  });
}

/** Runs a command to its end. */
export async function foz(
  args: readonly string[],
  options: { cwd?: string; stdin?: string } = {},
): Promise<Finished> {
  const child = commandOf(args, options.cwd, options.stdin !== undefined).spawn();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs a command with --json and gives its last line, parsed; throws with what it said if it failed. */
export async function fozJson(
  args: readonly string[],
  options: { cwd?: string; stdin?: string } = {},
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  const { code, stdout, stderr } = await foz([...args, "--json"], options);
  if (code !== 0) throw new Error(`foz ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

export interface RunningProgram {
  readonly url: string;
  readonly child: Deno.ChildProcess;
  /** Sends the signal and waits for the end. */
  end(signal: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** Starts `serve` or `up` on a free port; resolves when it says where it listens. */
export async function startProgram(args: readonly string[]): Promise<RunningProgram> {
  const child = commandOf([...args, "--port", "0", "--json", "--log-level", "error"], undefined, false)
    .spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`foz ${args.join(" ")} ended before it listened: ${await errors}`);
    text += value;
  }
  const drained = (async () => {
    while (!(await reader.read()).done);
  })();
  return {
    url: JSON.parse(text.split("\n")[0]).url,
    child,
    end: async (signal) => {
      child.kill(signal);
      const [status] = await Promise.all([child.status, drained, errors]);
      return status;
    },
  };
}

/** Starts `learn`; resolves when it says so. */
export async function startLearning(store: string): Promise<Omit<RunningProgram, "url">> {
  const child = commandOf(["learn", "--store", store, "--json", "--log-level", "error"], undefined, false)
    .spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`foz learn ended before it learned: ${await errors}`);
  return {
    child,
    end: async (signal) => {
      child.kill(signal);
      const [status] = await Promise.all([child.status, reader.cancel(), errors]);
      return status;
    },
  };
}
