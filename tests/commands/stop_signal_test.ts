import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";

/** A process that waits for a signal, then cleans up for a long time; resolves when it waits. */
async function waitingProcess(cleanUpMs: number) {
  const code = `
    import { stopSignal } from "${new URL("../../src/commands/stop_signal.ts", import.meta.url)}";
    const stopped = stopSignal();
    console.log("waiting");
    const timer = setTimeout(() => {}, 60_000);
    console.log(await stopped);
    clearTimeout(timer);
    await new Promise((resolve) => setTimeout(resolve, ${cleanUpMs}));
    Deno.exit(0);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (word: string) => {
    while (!text.includes(word)) {
      const { value, done } = await reader.read();
      assert.ok(!done, `ended without "${word}": ${text}`);
      text += value;
    }
  };
  await until("waiting");
  return { child, until, cancel: () => reader.cancel() };
}

describe("stopSignal", () => {
  it("asks for a clean end by the first signal", async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { child, until, cancel } = await waitingProcess(1);
      child.kill(signal);
      await until(signal);
      assert.equal((await child.status).code, 0);
      await cancel();
    }
  });

  it("ends at once by the second", async () => {
    const { child, until, cancel } = await waitingProcess(60_000);
    child.kill("SIGINT");
    await until("SIGINT");
    child.kill("SIGINT");
    assert.equal((await child.status).code, 130);
    await cancel();
  });
});
