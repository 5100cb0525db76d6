import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openStore } from "../../src/commands/open_store.ts";
import { eventIdOfKey } from "../../src/domain/event_key.ts";
import { temporaryPath } from "../adapters/embedded/temporary_file.ts";

const SCRIPT = new URL("./append_until_killed.ts", import.meta.url).pathname;

/** Runs the script, kills it after this many acknowledgements, and gives all that it had printed. */
async function acknowledgedUntilKilled(url: string, logThread: string, count: number): Promise<string[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", SCRIPT, url, logThread],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let printed = "", isKilled = false;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (isKilled || printed.split("\n").length <= count) continue;
    isKilled = true;
    child.kill("SIGKILL");
  }
  assert.equal((await child.status).signal, "SIGKILL");
  // The last line may have been cut off.
  return printed.split("\n").slice(0, -1);
}

describe("a process that is killed while it appends", () => {
  for (const logThread of ["same", "worker"] as const) {
    it(`loses nothing that it acknowledged, and keeps nothing half (log thread: ${logThread})`, async () => {
      const url = `sqlite:${temporaryPath()}`;
      const acknowledged: string[] = [];
      for (const count of [30, 61]) {
        acknowledged.push(...await acknowledgedUntilKilled(url, logThread, count));
      }
      assert.ok(acknowledged.length > 90);
      const { eventLog, close } = await openStore(url);
      for (const line of acknowledged) {
        const [kind, step] = line.split(" ");
        if (kind === "event") {
          assert.equal((await eventLog.findEvent(`e${step}`))?.value, Number(step), line);
          continue;
        }
        for (const i of [0, 19]) {
          const eventId = eventIdOfKey(Uint32Array.of(Number(step), i, 0, 0));
          assert.equal((await eventLog.findEvent(eventId))?.value, Number(step), line);
        }
      }
      const perStep = new Map<number, number>();
      let end = 0;
      for await (const { offsets, values } of eventLog.read()) {
        for (const offset of offsets) assert.equal(offset, end++);
        for (const value of values) perStep.set(value, (perStep.get(value) ?? 0) + 1);
      }
      // One event, twenty rows, or both: never a part of the rows, and nothing twice.
      for (const [step, count] of perStep) {
        assert.ok([1, 20, 21].includes(count), `step ${step} has ${count}`);
      }
      await close();
    });
  }
});
