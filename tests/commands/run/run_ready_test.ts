import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import type { Ready } from "../../../src/commands/run/run_plan.ts";
import { watchReady } from "../../../src/commands/run/run_ready.ts";

function watch(ready: Ready, folder = "/") {
  const over = new AbortController();
  let state: boolean | undefined;
  const watched = watchReady(ready, { clock: systemClock, folder, signal: over.signal });
  const settled = watched.isReady.then((value) => state = value);
  return { ...watched, settled, end: () => over.abort(), state: () => state };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("watchReady", () => {
  it("takes a command that runs as ready, where nothing else is said", async () => {
    assert.equal(await watch({ kind: "started" }).settled, true);
  });

  it("waits for a line", async () => {
    const watched = watch({ kind: "line", pattern: /^listening on \d+$/ });
    watched.onLine("not listening on 1");
    await pause(1);
    assert.equal(watched.state(), undefined);
    watched.onLine("listening on 8080");
    assert.equal(await watched.settled, true);
  });

  it("waits until a server answers well", async () => {
    let status = 503;
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () => new Response("", { status }),
    );
    const watched = watch({ kind: "url", url: `http://127.0.0.1:${server.addr.port}/readyz` });
    await pause(120);
    assert.equal(watched.state(), undefined);
    status = 200;
    assert.equal(await watched.settled, true);
    await server.shutdown();
    const unreachable = watch({ kind: "url", url: `http://127.0.0.1:${server.addr.port}/` });
    await pause(60);
    unreachable.end();
    assert.equal(await unreachable.settled, false);
  });

  it("waits for a file that is written after the start", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/old`, "");
    await Deno.utime(`${folder}/old`, 1000, 1000);
    const old = watch({ kind: "file", path: "old" }, folder),
      absolute = watch({ kind: "file", path: `${folder}/new` });
    await pause(80);
    assert.deepEqual([old.state(), absolute.state()], [undefined, undefined]);
    await Deno.writeTextFile(`${folder}/new`, "");
    await Deno.writeTextFile(`${folder}/old`, "again");
    assert.deepEqual(await Promise.all([old.settled, absolute.settled]), [true, true]);
    await Deno.remove(folder, { recursive: true });
  });

  it("waits for a time, and not when it is over before", async () => {
    assert.equal(await watch({ kind: "delay", ms: 5 }).settled, true);
    const long = watch({ kind: "delay", ms: 60_000 });
    long.end();
    assert.equal(await long.settled, false);
    const ended = watch({ kind: "end" });
    ended.end();
    assert.equal(await ended.settled, false);
  });
});
