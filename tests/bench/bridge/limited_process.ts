/** A process that is waited for no longer than it should take, and whose last words are told when it fails. */

const KEPT_CHARACTERS = 3000;
const STOP_MS = 15_000;

/** What `step` gives. Throws when that takes longer. */
export async function inTime<Result>(what: string, limitMs: number, step: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([step, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class LimitedProcess {
  readonly #name: string;
  readonly #child: Deno.ChildProcess;
  /** Of standard error. */
  #said = "";
  readonly #reading: Promise<void>;

  constructor(name: string, program: string, args: readonly string[]) {
    this.#name = name;
    const command = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    });
    this.#child = command.spawn();
    this.#reading = this.#read();
  }

  /** What `step` gives. Throws, with the last that the process said, when it ends before or the step takes longer. */
  async within<Result>(what: string, limitMs: number, step: Promise<Result>): Promise<Result> {
    const ended = this.#child.status.then(async ({ code }): Promise<never> => {
      await this.#reading;
      throw new Error(`it ended with code ${code}`);
    });
    try {
      return await inTime(what, limitMs, Promise.race([step, ended]));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${this.#name}, ${what}: ${reason}; it said last: ${this.#said}`, { cause });
    }
  }

  /** Until it has ended, and what it started has closed its standard error too. */
  async stop(): Promise<void> {
    const ended = Promise.all([this.#child.status, this.#reading]);
    this.#kill("SIGTERM");
    try {
      await inTime(`ending ${this.#name}`, STOP_MS, ended);
    } catch {
      this.#kill("SIGKILL");
      await this.#child.status;
    }
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It had ended by itself.
    }
  }

  async #read(): Promise<void> {
    for await (const text of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#said = (this.#said + text).slice(-KEPT_CHARACTERS);
    }
  }
}
