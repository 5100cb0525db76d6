import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { openStore } from "../../src/commands/open_store.ts";
import { temporaryPath } from "../adapters/embedded/temporary_file.ts";

const SCRIPT = new URL("./lead_until_killed.ts", import.meta.url).pathname;
/** What issue 6 asks for. */
const TAKEOVER_MS = 10_000;

/** A process that leads or stands by, and the lines it has printed so far. */
class Candidate {
  readonly child: Deno.ChildProcess;
  readonly lines: string[] = [];
  readonly #read: Promise<void>;
  #wake = () => {};

  constructor(url: string, holder: string) {
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", SCRIPT, url, holder],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#read = this.#readLines();
  }

  async #readLines(): Promise<void> {
    let rest = "";
    for await (const text of this.child.stdout.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      this.lines.push(...parts);
      this.#wake();
    }
  }

  /** Waits for a line that was not there among the first `from`. */
  async says(pattern: RegExp, withinMs: number, from = 0): Promise<string> {
    const endMs = performance.now() + withinMs;
    for (;;) {
      const line = this.lines.slice(from).find((one) => pattern.test(one));
      if (line !== undefined) return line;
      assert.ok(
        performance.now() < endMs,
        `not within ${withinMs} ms: ${pattern}; said was ${this.lines.join(", ")}`,
      );
      const waking = new AbortController();
      this.#wake = () => waking.abort();
      await systemClock.sleep(200, waking.signal);
    }
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.child.status;
    await this.#read;
  }
}

describe("a leader that is stopped, and goes on when another has taken over", () => {
  it("is replaced within 10 s, and no write of it gets through afterwards", async () => {
    const url = `sqlite:${temporaryPath()}`;
    const first = new Candidate(url, "first");
    await first.says(/^wrote 1$/, 60_000);
    const second = new Candidate(url, "second");
    await second.says(/^standing by/, 60_000);
    // Right after a write, so that it does not stop with the file's lock in hand.
    await first.says(/^wrote 1$/, 60_000, first.lines.length);
    first.child.kill("SIGSTOP");
    await second.says(/^wrote 2$/, TAKEOVER_MS);
    const told = first.lines.length;
    first.child.kill("SIGCONT");
    await first.says(/^lost the lease LeaseLost: cannot .* the lease "learner" has passed on/, 60_000, told);
    await first.says(/^standing by/, 60_000, told);
    await second.says(/^wrote 2$/, 60_000, second.lines.length);
    assert.deepEqual(first.lines.slice(told).filter((line) => line.startsWith("wrote")), []);

    const { checkpoints, leases, close } = await openStore(url);
    const { offset, state } = (await checkpoints.latest("g000001"))!;
    assert.ok(offset > 2_000_000);
    assert.equal(new TextDecoder().decode(state), "second");
    assert.equal((await leases.current("learner"))?.holder, "second");
    await second.kill();
    await first.says(/^wrote 3$/, TAKEOVER_MS);
    await first.kill();
    await close();
  });
});
