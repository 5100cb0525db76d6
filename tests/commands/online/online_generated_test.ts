import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { runOnline } from "../../../src/commands/online.ts";
import type { OnlineFlags } from "../../../src/commands/online/online_flags.ts";
import { UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

async function run(flags: Partial<OnlineFlags>) {
  const printed: string[] = [];
  await runOnline({ target: "target", checkpointEvery: "100000", model: "scale | linear", ...flags }, {
    seed: 1,
    json: true,
    signal: new AbortController().signal,
    print: (line) => void printed.push(line),
    warn: assert.fail,
  });
  return JSON.parse(printed.at(-1)!);
}

describe("foz online over a synthetic stream", () => {
  it("takes it by name, with its parameters", async () => {
    const { events, metrics } = await run({ stream: "friedman(noise=0, count=3000)" });
    assert.equal(events, 3000);
    // The best linear model leaves the square and the curvature of the product: an RMSE of about 2.6.
    assert.ok(metrics.rmse > 2 && metrics.rmse < 4, `${metrics.rmse}`);
  });

  it("goes on from its checkpoint as if it had never stopped", async () => {
    const stream = "friedman-drift(first=1500, second=2500, count=4000)",
      [whole, parts] = [files.path("w"), files.path("p")];
    await run({ stream, checkpoint: whole });
    for (const limit of ["7", "2100", undefined]) await run({ stream, checkpoint: parts, limit });
    assert.deepEqual(await Deno.readFile(parts), await Deno.readFile(whole));
  });
});
