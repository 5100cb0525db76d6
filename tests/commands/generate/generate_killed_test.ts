import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { observationJson } from "../../../src/commands/generate/generate_format.ts";
import { messagesSent } from "../../../src/commands/generate/generate_sink.ts";
import { namedSource } from "../../../src/commands/generate/generate_source.ts";
import { openTopics } from "../../../src/commands/open_topics.ts";
import { UserFiles } from "../user_files.ts";
import { OWN_PROGRAM } from "../../../src/commands/own_program.ts";

const files = new UserFiles();
afterAll(() => files.remove());

const COUNT = 30_000;
const STREAM = ["--function", "sea", "--drift", "abrupt(at=9000)", "--count", String(COUNT)];

function start(to: string, kafka: string): Deno.ChildProcess {
  const args = ["generate", ...STREAM, "--to", to, "--kafka", kafka, "--continue"];
  return new Deno.Command(Deno.execPath(), {
    args: [...OWN_PROGRAM, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Kills it each time that so much more is there, three times, then lets it come to its end. Throws if it was never in time. */
async function killAndResume(
  to: string,
  kafka: string,
  size: () => Promise<number>,
  step: number,
): Promise<void> {
  let killCount = 0;
  for (let run = 0; run < 3; run++) {
    const child = start(to, kafka), wanted = await size() + step;
    let hasEnded = false;
    const ended = child.status.then(() => hasEnded = true);
    while (!hasEnded && await size() < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
    if (!hasEnded) {
      child.kill("SIGKILL");
      killCount++;
    }
    await ended;
  }
  assert.ok(killCount > 0);
  assert.equal((await start(to, kafka).status).code, 0);
}

async function expectedLines(): Promise<string[]> {
  const source = namedSource("sea", { seed: 1, drift: "abrupt(at=9000)" });
  return (await source.block(0, COUNT)).map(observationJson);
}

describe("a generator that is killed and goes on", () => {
  it("leaves in a file what one leaves that never was", async () => {
    const to = files.path("killed.ndjson");
    await killAndResume(
      to,
      "",
      async () => (await Deno.stat(to).catch(() => ({ size: 0 }))).size,
      100_000,
    );
    const lines = (await Deno.readTextFile(to)).trimEnd().split("\n");
    assert.equal(lines.length, COUNT);
    assert.deepEqual(lines, await expectedLines());
  });

  it("leaves on a topic what one leaves that never was", async () => {
    const kafka = `sqlite:${files.path("topics.db")}`, topics = await openTopics(kafka);
    await topics.create("sea", 2);
    await killAndResume("topic:sea", kafka, () => messagesSent(topics, "sea"), 1500);
    const end = new AbortController(), lines: string[] = [];
    await topics.consume({ topics: ["sea"], group: "g", from: "beginning" }, async ({ messages }) => {
      for (const { value } of messages) lines.push(new TextDecoder().decode(value));
      if (lines.length >= COUNT) end.abort();
    }, end.signal);
    await topics.close();
    assert.deepEqual(lines, await expectedLines());
  });
});
