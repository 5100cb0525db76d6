import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";

/** The lines that a process of its own writes to standard error. */
async function linesOf(level: string): Promise<Record<string, unknown>[]> {
  const code = `
    import { startLogging } from "${new URL("../../src/commands/logging.ts", import.meta.url)}";
    import { getLogger } from "@logtape/logtape";
    await startLogging("${level}");
    const logger = getLogger(["foz", "serve"]);
    logger.debug("request {path}", { path: "/x" });
    logger.info("hello {who}", { who: "you" });
    logger.error("broken", { error: new Error("why") });
    getLogger(["other"]).error("not ours");`;
  const file = await Deno.makeTempFile({ dir: new URL(".", import.meta.url).pathname, suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, code);
    const { stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", file],
    }).output();
    const text = new TextDecoder().decode(stderr);
    assert.ok(success, text);
    return text.trimEnd().split("\n").map((line) => JSON.parse(line));
  } finally {
    await Deno.remove(file);
  }
}

describe("startLogging", () => {
  it("writes JSON lines where nobody looks, from the level that was asked for", async () => {
    const levels = (lines: Record<string, unknown>[]) => lines.map((line) => line.level);
    assert.deepEqual(levels(await linesOf("debug")), ["DEBUG", "INFO", "ERROR"]);
    const lines = await linesOf("info");
    assert.deepEqual(levels(lines), ["INFO", "ERROR"]);
    assert.equal(lines[0].who, "you");
    assert.equal(lines[0].logger, "foz.serve");
  });
});
