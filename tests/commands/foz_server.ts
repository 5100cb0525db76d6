/** `foz serve` as a process, for tests. */
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

export interface FozServer {
  readonly url: string;
  readonly process: Deno.ChildProcess;
  /** Sends the signal and waits for the end; gives the exit code and what went to standard error. */
  end(signal: Deno.Signal): Promise<{ code: number; error: string }>;
}

/** On a free port; resolves when it says where it listens. */
export async function serveProcess(store: string): Promise<FozServer> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...OWN_PROGRAM, "serve", "--store", store, "--port", "0", "--json"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const error = new Response(process.stderr).text();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`foz serve ended before it listened: ${text}${await error}`);
    text += value;
  }
  const { url } = JSON.parse(text.split("\n")[0]);
  return {
    url,
    process,
    end: async (signal) => {
      process.kill(signal);
      const { code } = await process.status;
      await reader.cancel();
      return { code, error: await error };
    },
  };
}
