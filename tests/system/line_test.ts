/** The straight line, as real processes over one SQLite file: import, train, roll back, recommend, serve. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { interactionsOf } from "../../src/synthesize/event_batches.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";
import { foz, fozJson, startProgram } from "./program.ts";

const COUNT = 12_000;
let folder = "", store = "", file = "";

function writeWorld(): void {
  const world = plantWorld({ userCount: 300, itemCount: 200, eventCount: COUNT, tasteCount: 4, seed: 3 });
  const rows = [...interactionsOf(world)].map((one) =>
    `${one.userId},${one.itemId},${one.value},${one.timeMs / 1000}`
  );
  rows.splice(100, 0, "u1,i1,not a number,1", "u1");
  Deno.writeTextFileSync(file, `userId,itemId,rating,timestamp\n${rows.join("\n")}\n`);
  Deno.writeTextFileSync(`${folder}/items.csv`, `itemId,title\ni0,"Zero, the first"\ni1,One\n`);
}

async function getJson(url: string): Promise<[status: number, body: Record<string, unknown>]> {
  const response = await fetch(url);
  return [response.status, await response.json()];
}

function postEvent(url: string, event: Record<string, unknown>): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(event),
  });
}

describe("the line", () => {
  beforeAll(() => {
    folder = Deno.makeTempDirSync({ prefix: "foz-line-" });
    store = `sqlite:${folder}/new/folder/foz.db`;
    file = `${folder}/ratings.csv`;
    writeWorld();
  });

  afterAll(() => Deno.removeSync(folder, { recursive: true }));

  it("says what to do about an empty store", async () => {
    const { code, stderr } = await foz(["train", "--store", store]);
    assert.equal(code, 2);
    assert.match(stderr, /log has no events yet; import or post some first/);
    const asked = await foz(["recommend", "u1", "--store", store]);
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /no generation is active yet; `foz train` makes one/);
  });

  it("imports a file with bad rows, and the same file again without change", async () => {
    const args = ["import", file, "--items", `${folder}/items.csv`, "--store", store];
    const first = await fozJson(args, { cwd: folder });
    assert.deepEqual([first.rows, first.accepted, first.duplicates], [COUNT + 2, COUNT, 0]);
    assert.equal(Object.values(first.rejected as Record<string, number>).reduce((a, b) => a + b), 2);
    const again = await fozJson(args, { cwd: folder });
    assert.deepEqual([again.accepted, again.duplicates], [0, COUNT]);
  });

  it("trains a generation that beats its baseline, and one straight from the file", async () => {
    const trained = await fozJson(["train", "--store", store, "--factors", "8", "--threads", "2"]);
    assert.deepEqual([trained.generation, trained.active, trained.offset], ["g000001", true, COUNT]);
    assert.equal(trained.interactions, COUNT);
    assert.ok(trained.metrics.rmse < trained.baseline.rmse);
    const fromFile = await fozJson([
      ...["train", "--from", file, "--store", `sqlite:${folder}/other.db`],
      ...["--factors", "8", "--holdout", "0", "--epochs", "3"],
    ]);
    assert.equal(fromFile.interactions, COUNT);
  });

  it("lists, verifies, rolls forward and back", async () => {
    await fozJson(["train", "--store", store, "--factors", "4", "--holdout", "0", "--epochs", "3"]);
    const list = await fozJson(["generations", "--store", store]);
    assert.deepEqual([list.active, list.generations.length], ["g000002", 2]);
    assert.deepEqual(await fozJson(["generations", "activate", "g000001", "--store", store]), {
      active: "g000001",
      before: "g000002",
    });
    const verified = await fozJson(["generations", "verify", "g000001", "--store", store]);
    assert.equal(verified.verified, true);
    const unknown = await foz(["generations", "activate", "g000099", "--store", store]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /"g000099".*g000001, g000002/);
  });

  it("recommends with titles, and what is popular to somebody unknown", async () => {
    const known = await fozJson(["recommend", "u5", "--store", store, "--limit", "200"]);
    assert.equal(known.basis, "personal");
    const titles = new Map<string, string>(
      known.items.map((item: { itemId: string; title?: string }) => [item.itemId, item.title]),
    );
    for (const [itemId, title] of [["i0", "Zero, the first"], ["i1", "One"]]) {
      if (titles.has(itemId)) assert.equal(titles.get(itemId), title);
    }
    const unknown = await fozJson(["recommend", "a stranger/🦊", "--store", store]);
    assert.deepEqual([unknown.basis, unknown.items.length], ["popular", 10]);
  });

  it("loses no event that was answered with 202 to kill -9", async () => {
    const program = await startProgram(["serve", "--store", store]);
    const [status, before] = await getJson(`${program.url}/v1/users/u5/recommendations`);
    assert.deepEqual([status, before.basis], [200, "personal"]);
    const { itemId } = (before.items as { itemId: string }[])[0];
    const response = await postEvent(program.url, { userId: "u5", itemId, value: 5, eventId: "kept" });
    assert.equal(response.status, 202);
    const { token } = await response.json();
    const { signal } = await program.end("SIGKILL");
    assert.equal(signal, "SIGKILL");

    const next = await startProgram(["serve", "--store", store]);
    const [, after] = await getJson(
      `${next.url}/v1/users/u5/recommendations?after=${encodeURIComponent(token)}`,
    );
    assert.ok(!(after.items as { itemId: string }[]).some((item) => item.itemId === itemId));
    const [, events] = await getJson(`${next.url}/v1/users/u5/events?limit=1`);
    assert.deepEqual((events.events as { eventId: string }[]).map((event) => event.eventId), ["kept"]);
    const again = await postEvent(next.url, { userId: "u5", itemId, value: 5, eventId: "kept" });
    assert.equal((await again.json()).results[0].status, "duplicate");
    assert.deepEqual([(await next.end("SIGTERM")).code], [0]);
  });

  it("trains by itself where `up` finds events, and serves the result", async () => {
    const fresh = `sqlite:${folder}/fresh.db`;
    await fozJson(["import", file, "--store", fresh], { cwd: folder });
    const program = await startProgram(["up", "--store", fresh]);
    let ready = 503;
    for (let attempt = 0; attempt < 150 && ready !== 200; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      [ready] = await getJson(`${program.url}/readyz`);
    }
    assert.equal(ready, 200);
    assert.equal((await program.end("SIGINT")).code, 0);
  });

  it("has a doctor that finds what is wrong", async () => {
    const healthy = await fozJson(["doctor", "--store", store, "--port", "0"]);
    assert.ok(healthy.findings.every((finding: { ok: boolean }) => finding.ok));
    Deno.writeTextFileSync(`${folder}/not-a-database`, "hello ".repeat(1000));
    const ill = await foz([
      "doctor",
      "--store",
      `sqlite:${folder}/not-a-database`,
      "--host",
      "0.0.0.0",
      "--json",
    ]);
    assert.equal(ill.code, 1);
    const wrong = JSON.parse(ill.stdout).findings.filter((finding: { ok: boolean }) => !finding.ok);
    assert.deepEqual(wrong.map((finding: { check: string }) => finding.check), ["store", "access"]);
  });

  it("refuses what it does not know with 2, and says what there is", async () => {
    const unknown = await foz(["recomend"]);
    assert.deepEqual([
      unknown.code,
      /there is no command "recomend"; there are .*recommend/.test(unknown.stderr),
    ], [2, true]);
    const flag = await foz(["train", "--factor", "3"]);
    assert.equal(flag.code, 2);
    const value = await foz(["train", "--factors", "0", "--store", store]);
    assert.deepEqual([value.code, /--factors was given "0".*1 to 1024/.test(value.stderr)], [2, true]);
    assert.equal((await foz(["train", "--help"])).code, 0);
  });
});

describe("the demo", () => {
  it("walks the whole line once", async () => {
    const folder = Deno.makeTempDirSync({ prefix: "foz-demo-" });
    const { code, stdout, stderr } = await foz(["demo", "--exit", "--seed", "5"], { cwd: folder });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /196000 ratings from .*ratings\.csv/);
    assert.match(stdout, /is recommended \(personal\)/);
    const found = Number(stdout.match(/(\d+) % are in the model's first 20 \(1\.0 % by chance\)/)?.[1]);
    assert.ok(found >= 20, `only ${found} % of the planted best items were found again`);
    Deno.removeSync(folder, { recursive: true });
  });
});
