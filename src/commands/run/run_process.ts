/** The process of a command: its lines, and an end that is waited for. */
import { OWN_PROGRAM } from "../own_program.ts";
import { TextLineStream } from "./run_lines.ts";

export interface StartOptions {
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string, isError: boolean) => void;
}

export interface Ended {
  /** Undefined: it could not be started. */
  readonly code: number | undefined;
  readonly signal: string | null;
  readonly problem?: string;
}

export interface StartedProcess {
  /** When it ended and all that it printed was passed on. */
  readonly ended: Promise<Ended>;
  /** It, and what it has started. */
  kill(signal: Deno.Signal): void;
}

const LEFT_BEHIND_MS = 500;

/**
 * Starts it in a process group of its own, so that Ctrl-C at the terminal reaches it only through us. A `foz` ends by itself
 * when this process dies (end_with_launcher.ts).
 */
export function startProcess({ words, folder, environment, onLine }: StartOptions): StartedProcess {
  const [program, ...rest] = words;
  const isFoz = program === "foz", isOurs = isFoz || program === "deno";
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(isOurs ? Deno.execPath() : program, {
      args: isFoz ? [...OWN_PROGRAM, ...rest] : rest,
      cwd: folder,
      env: { ...environment, FOZ_LAUNCHER: String(Deno.pid) },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
  } catch (error) {
    const problem = `${program} could not be started: ${(error as Error).message}`;
    return { ended: Promise.resolve({ code: undefined, signal: null, problem }), kill: () => {} };
  }
  const printed = [
    passOn(child.stdout, (line) => onLine(line, false)),
    passOn(child.stderr, (line) => onLine(line, true)),
  ];
  const ended = (async () => {
    const { code, signal } = await child.status;
    // What it has started itself and left behind may hold its output open.
    const timer = setTimeout(() => killGroup(child.pid, "SIGKILL"), LEFT_BEHIND_MS);
    await Promise.all(printed);
    clearTimeout(timer);
    return { code, signal };
  })();
  return { ended, kill: (signal) => killGroup(child.pid, signal) };
}

/** The process and what it has started, as Ctrl-C at a terminal does. */
function killGroup(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(-pid, signal);
  } catch (error) {
    // All have ended meanwhile.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function passOn(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (line: string) => void,
): Promise<void> {
  const lines = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) onLine(line);
}
