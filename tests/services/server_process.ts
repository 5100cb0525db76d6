/** A program that serves on loopback, with its output in a file. */

export interface ServerProgram {
  /** For messages: "the Kafka broker". */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Whether it serves already. */
  readonly isUp: () => Promise<boolean>;
}

const START_MS = 60_000, LOOK_MS = 100;

/** Resolves when it is up. Throws with the end of its output if that does not come about. */
export async function startServer(
  { name, program, args, logFile, isUp }: ServerProgram,
): Promise<Deno.ChildProcess> {
  // A shell in between writes the output to a file: nobody has to keep reading a pipe. It makes way for the program.
  const child = new Deno.Command("sh", {
    args: ["-c", `exec "$@" >> '${logFile}' 2>&1`, "sh", program, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  void child.status.then(() => ended = true);
  for (const until = Date.now() + START_MS; Date.now() < until && !ended;) {
    if (await isUp()) return child;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  if (!ended) child.kill("SIGKILL");
  throw new Error(`${name} did not come up: ${Deno.readTextFileSync(logFile).slice(-3000)}`);
}

/** Resolves when it has ended, by this signal or before. */
export async function endServer(child: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
  await child.status;
}
