/** The line with MongoDB as the store, through real processes and a reader in another language. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { MongoClient } from "mongodb";
import { openStore } from "../../src/commands/open_store.ts";
import { interactionsOf } from "../../src/synthesize/event_batches.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";
import { dropDatabase, freshUrl, skip } from "../adapters/mongodb/fresh_store.ts";
import {
  installMongoDb,
  type MongoDbService,
  PYTHON,
  whyNoMongoDb,
  withMongoDb,
} from "../services/mongodb_service.ts";
import { startOldServer } from "../services/old_server.ts";
import { ROOT } from "../tidy/source_files.ts";
import { foz, fozJson, startLearning, startProgram } from "./program.ts";

const READER = `${ROOT}tests/system/read_lists.py`;
/** FOZ_TEST_RATINGS names another file; the server of `deno task services` takes some 9,000 events a second. */
const MOVIELENS = Deno.env.get("FOZ_TEST_RATINGS") ??
  new URL("../../../shared/data/movielens-100k/u.data.gz", import.meta.url).pathname;

/** What the reader prints. */
interface Read {
  readonly generation: string;
  readonly documentGeneration: string | null;
  readonly userId: string | null;
  readonly appliedOffset: number;
  readonly items: string[];
}

function reader(url: string, ...args: string[]): Deno.Command {
  const [, server, database, options = ""] = /^(.*)\/([^/?]+)(\?.*)?$/s.exec(url)!;
  const commandLine = [READER, options === "" ? server : `${server}/${options}`, database, ...args];
  return new Deno.Command(PYTHON, { args: commandLine, stdin: "piped", stdout: "piped", stderr: "inherit" });
}

async function readLists(url: string, ...users: string[]): Promise<Read[]> {
  const child = reader(url, "once", ...users).spawn();
  await child.stdin.close();
  const { stdout } = await child.output();
  return linesOf(new TextDecoder().decode(stdout));
}

// deno-lint-ignore no-explicit-any
function linesOf(text: string): any[] {
  return text.trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** A small world as a file. */
function writeWorld(file: string, eventCount: number): void {
  const world = plantWorld({ userCount: 200, itemCount: 150, eventCount, tasteCount: 4, seed: 3 });
  const rows = [...interactionsOf(world)].map(({ userId, itemId, value, timeMs }) =>
    `${userId},${itemId},${value},${timeMs / 1000}`
  );
  Deno.writeTextFileSync(file, `userId,itemId,rating,timestamp\n${rows.join("\n")}\n`);
}

async function json(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  const body = await response.json();
  assert.ok(response.ok, `${url}: ${response.status} ${JSON.stringify(body)}`);
  return body;
}

describe("the line over MongoDB", () => {
  const noReader = skip !== false ? Promise.resolve(undefined) : whyNoMongoDb();
  let url = "", folder = "", file = "", users: string[] = [];

  beforeAll(async () => {
    if (skip !== false) return;
    url = freshUrl();
    folder = Deno.makeTempDirSync({ prefix: "foz-mongodb-" });
    file = existsSync(MOVIELENS) ? MOVIELENS : `${folder}/ratings.csv`;
    if (file !== MOVIELENS) writeWorld(file, 12_000);
    if (await noReader === undefined) await installMongoDb();
  });
  afterAll(async () => {
    if (skip !== false) return;
    Deno.removeSync(folder, { recursive: true });
    await dropDatabase(url);
  });

  it("imports, trains, activates and writes a document for each user", { skip }, async () => {
    const imported = await fozJson(["import", file, "--store", url], { cwd: folder });
    assert.equal(imported.accepted, imported.rows);
    const options = ["--store", url, "--factors", "8", "--holdout", "0", "--epochs", "4"];
    const trained = await fozJson(["train", ...options]);
    assert.deepEqual([trained.generation, trained.active, trained.offset], [
      "g000001",
      true,
      imported.accepted,
    ]);
    assert.equal((await fozJson(["generations", "verify", "g000001", "--store", url])).verified, true);
    const client = new MongoClient(url), recommendations = client.db().collection("recommendations");
    assert.equal(await recommendations.countDocuments({ generation: "g000001" }), trained.users + 1);
    users = (await recommendations.find({ userId: { $ne: null } }).limit(3).toArray())
      .map(({ userId }) => userId);
    await client.close();
  });

  it("is read by a program in another language, that follows the pointer", { skip }, async (t) => {
    const reason = await noReader;
    if (reason !== undefined) return t.skip(reason);
    const read = await readLists(url, ...users, "somebody unknown");
    for (const [k, userId] of users.entries()) {
      const asked = await fozJson(["recommend", userId, "--store", url, "--limit", "50"]);
      assert.deepEqual([read[k].userId, read[k].generation], [userId, "g000001"]);
      assert.deepEqual(read[k].items, asked.items.map(({ itemId }: { itemId: string }) => itemId));
    }
    const popular = await fozJson(["recommend", "somebody unknown", "--store", url, "--limit", "50"]);
    assert.deepEqual([read.at(-1)!.userId, popular.basis], [null, "popular"]);
    assert.deepEqual(
      read.at(-1)!.items.slice(0, 10),
      popular.items.slice(0, 10).map(({ itemId }: { itemId: string }) => itemId),
    );
  });

  it("shows a reader who polls the old lists or the new ones, never a mixture", { skip }, async (t) => {
    const reason = await noReader;
    if (reason !== undefined) return t.skip(reason);
    const [userId] = users, polling = reader(url, "poll", userId).spawn();
    const options = ["--store", url, "--holdout", "0", "--epochs", "3"];
    await fozJson(["train", ...options, "--factors", "4"]);
    await fozJson(["generations", "activate", "g000001", "--store", url]);
    await fozJson(["generations", "activate", "g000002", "--store", url]);
    const now = await readLists(url, userId);
    await polling.stdin.close();
    const seen = linesOf(new TextDecoder().decode((await polling.output()).stdout));
    const { reads } = seen.pop(), client = new MongoClient(url);
    const stored = await client.db().collection("recommendations").find({ userId }).toArray();
    await client.close();
    assert.ok(reads > 20, `${reads} reads`);
    for (const read of seen as Read[]) {
      assert.equal(read.documentGeneration, read.generation);
      const document = stored.find(({ generation }) => generation === read.generation)!;
      assert.deepEqual(read.items, document.items.map(({ itemId }: { itemId: string }) => itemId));
    }
    const order = (seen as Read[]).map(({ generation }) => generation);
    assert.deepEqual(order, ["g000001", "g000002", "g000001", "g000002"]);
    assert.equal(now[0].generation, "g000002");
  });

  it("serves the active one, and rolls back while it serves", { skip }, async () => {
    const program = await startProgram(["serve", "--store", url]);
    const path = `${program.url}/v1/users/${encodeURIComponent(users[0])}/recommendations?limit=5`;
    assert.equal((await json(path)).generation, "g000002");
    await fozJson(["generations", "activate", "g000001", "--store", url]);
    const until = Date.now() + 10_000;
    let generation = "";
    while (generation !== "g000001" && Date.now() < until) ({ generation } = await json(path));
    assert.equal(generation, "g000001");
    assert.equal((await program.end("SIGTERM")).code, 0);
  });

  it("is found in order by the doctor", { skip }, async () => {
    const { findings } = await fozJson(["doctor", "--store", url, "--port", "0"]);
    for (const { check, ok, found } of findings) assert.ok(ok, `${check}: ${found}`);
    assert.ok(findings.some(({ found }: { found: string }) => found === "g000001 is active"));
  });

  it("is missed by every command, with what to do", { skip }, async () => {
    const { code, stderr } = await foz(["train", "--store", "mongodb://127.0.0.1:1/foz"]);
    assert.equal(code, 1);
    assert.match(stderr, /mongodb:\/\/127\.0\.0\.1:1\/foz.*start the server/s);
  });
});

describe("the doctor", { skip }, () => {
  /** What it says of the store. */
  async function findingOf(store: string): Promise<{ ok: boolean; found: string; advice: string }> {
    const { code, stdout } = await foz(["doctor", "--store", store, "--port", "0", "--json"]);
    assert.equal(code, 1);
    assert.ok(!stdout.includes("wrong-secret"), stdout);
    return JSON.parse(stdout).findings.find(({ check }: { check: string }) => check === "store");
  }

  it("finds that there is no store", async () => {
    const { ok, found, advice } = await findingOf("mongodb://u:wrong-secret@127.0.0.1:1/foz");
    assert.equal(ok, false);
    assert.match(found, /127\.0\.0\.1:1\/foz/);
    assert.match(advice, /start the server/);
  });

  it("finds that the password is wrong", async (t) => {
    const reason = await whyNoMongoDb();
    if (reason !== undefined) return t.skip(reason);
    await withMongoDb({ withUser: true }, async (server) => {
      const wrong = server.plainUrl.replace("//", "//foz:wrong-secret@");
      const { ok, advice } = await findingOf(`${wrong}/foz?authSource=admin`);
      assert.deepEqual([ok, /right user and password/.test(advice)], [false, true], advice);
    });
  });

  it("finds that the server is too old", async () => {
    const server = startOldServer({ version: "4.2.24", wireVersion: 9 });
    const { ok, found, advice } = await findingOf(
      `mongodb://127.0.0.1:${server.port}/foz?directConnection=true`,
    );
    assert.equal(ok, false);
    assert.match(found, /MongoDB 4\.2\.24/);
    assert.match(advice, /4\.4|upgrade/);
    await server.close();
  });
});

describe("learning over MongoDB", () => {
  let folder = "";
  const stores: string[] = [];

  /** What a store of either kind comes to: lists while `serve` and `learn` run, and the learner's bytes. */
  async function learned(store: string): Promise<unknown> {
    await fozJson(["import", `${folder}/ratings.csv`, "--store", store], { cwd: folder });
    await fozJson(["train", "--store", store, "--factors", "8", "--epochs", "4", "--holdout", "0"]);
    const learning = await startLearning(store), program = await startProgram(["serve", "--store", store]);
    const headers = { "content-type": "application/json" };
    let token = "";
    for (let k = 0; k < 40; k++) {
      const event = {
        eventId: `e${k}`,
        userId: k % 3 === 0 ? `new ${k % 4}` : `u${k % 7}`,
        itemId: `i${(7 * k) % 150}`,
        value: 1 + k % 5,
        time: new Date(1.7e12 + k).toISOString(),
      };
      const body = JSON.stringify(event);
      ({ token } = await json(`${program.url}/v1/events`, { method: "POST", headers, body }));
    }
    const lists = [];
    for (const userId of ["new 0", "new 1", "new 2", "new 3", "u0", "u1", "u2", "u50"]) {
      const path = `${program.url}/v1/users/${encodeURIComponent(userId)}/recommendations`;
      const list = await json(`${path}?limit=30&wait=10s&after=${encodeURIComponent(token)}`);
      lists.push({ userId, basis: list.basis, items: list.items });
    }
    await program.end("SIGTERM");
    await learning.end("SIGTERM");
    const { sha256, appliedOffset } = await fozJson(["learn", "--once", "--store", store]);
    return { lists, sha256, appliedOffset };
  }

  beforeAll(() => {
    if (skip !== false) return;
    folder = Deno.makeTempDirSync({ prefix: "foz-mongodb-" });
    writeWorld(`${folder}/ratings.csv`, 6_000);
    stores.push(freshUrl(), `sqlite:${folder}/foz.db`);
  });
  afterAll(async () => {
    if (skip !== false) return;
    Deno.removeSync(folder, { recursive: true });
    await dropDatabase(stores[0]);
  });

  it("gives the answers that it gives over SQLite, to the bit", { skip }, async () => {
    const [mongodb, sqlite] = [await learned(stores[0]), await learned(stores[1])];
    assert.deepEqual(mongodb, sqlite);
    assert.ok((mongodb as { lists: { basis: string }[] }).lists.every(({ basis }) => basis === "personal"));
  });
});

describe("a MongoDB server that is killed", { skip }, () => {
  const EVENTS = 300;

  it("loses no event that was answered, and makes none twice", async (t) => {
    const reason = await whyNoMongoDb();
    if (reason !== undefined) return t.skip(reason);
    await withMongoDb({}, killedWhileServing);
  });

  async function killedWhileServing(server: MongoDbService): Promise<void> {
    const url = `${server.url}/foz`;
    const folder = Deno.makeTempDirSync({ prefix: "foz-mongodb-" });
    writeWorld(`${folder}/ratings.csv`, 3_000);
    const { accepted } = await fozJson(["import", `${folder}/ratings.csv`, "--store", url], { cwd: folder });
    await fozJson(["train", "--store", url, "--factors", "4", "--epochs", "2", "--holdout", "0"]);
    const program = await startProgram(["serve", "--store", url]);
    let answeredCount = 0, next = 0;
    const offsets = new Map<string, number>(), headers = { "content-type": "application/json" };

    /** Again and again under the same id, as a client does that got no answer. */
    async function post(eventId: string): Promise<void> {
      const body = JSON.stringify({
        eventId,
        userId: `u${offsets.size % 50}`,
        itemId: "i1",
        value: 4,
        time: 1e12,
      });
      for (const until = Date.now() + 60_000; Date.now() < until;) {
        const response = await fetch(`${program.url}/v1/events`, { method: "POST", headers, body });
        const answer = await response.json();
        if (response.status === 202) {
          offsets.set(eventId, answer.results[0].offset);
          answeredCount++;
          return;
        }
        assert.ok(response.status >= 500, `${response.status} ${JSON.stringify(answer)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.fail(`${eventId} was never taken`);
    }
    const posting = Promise.all(Array.from({ length: 8 }, async () => {
      while (next < EVENTS) await post(`e${next++}`);
    }));
    while (answeredCount < EVENTS / 3) await new Promise((resolve) => setTimeout(resolve, 10));
    await server.kill();
    let warnings: string[] = [];
    for (const until = Date.now() + 20_000; warnings.length === 0 && Date.now() < until;) {
      ({ warnings } = await json(`${program.url}/readyz`));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(warnings.length > 0, "readyz says what is wrong");
    await server.restart();
    await posting;
    const until = Date.now() + 20_000;
    while (warnings.length > 0 && Date.now() < until) ({ warnings } = await json(`${program.url}/readyz`));
    assert.deepEqual(warnings, []);
    assert.equal((await program.end("SIGTERM")).code, 0);

    const store = await openStore(url), { eventLog } = store;
    const controls = await eventLog.readControls();
    assert.equal(await eventLog.end(), accepted + EVENTS + controls.length);
    assert.equal(new Set(offsets.values()).size, EVENTS);
    for (const [eventId, offset] of offsets) {
      assert.equal((await eventLog.findEvent(eventId))!.offset, offset);
    }
    await store.close();
    Deno.removeSync(folder, { recursive: true });
  }
});
