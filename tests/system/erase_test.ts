/** Forgetting, by real processes, and what is then in the files: bytes, not answers. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Random } from "../../src/synthesize/random.ts";
import { fozJson, type RunningProgram, startLearning, startProgram } from "./program.ts";

const USERS = 90, ITEMS = 120;
/** Nobody else's id has anything in common with these. */
const GONE = ["<first>😀 to be forgotten", "<second> to be forgotten", "<third> to be forgotten"];

let folder: string, store: string;

function plantedRatings(): string {
  const random = Random.seeded(9), lines = ["user,item,value,time"];
  const userIds = [...Array.from({ length: USERS }, (_, user) => `u${user}`), ...GONE];
  for (const [user, userId] of userIds.entries()) {
    for (let k = 0; k < 30; k++) {
      const item = random.below(ITEMS), likes = user % 3 === item % 3;
      lines.push(`${userId},i${item},${likes ? 4 + random.below(2) : 1 + random.below(2)},${lines.length}`);
    }
  }
  return lines.join("\n") + "\n";
}

beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "foz-erase-" });
  store = `sqlite:${folder}/data/foz.db`;
  await Deno.writeTextFile(`${folder}/ratings.csv`, plantedRatings());
  await fozJson(["import", `${folder}/ratings.csv`, "--store", store]);
  for (let n = 0; n < 2; n++) {
    await fozJson([
      "train",
      "--store",
      store,
      "--factors",
      "8",
      "--epochs",
      "3",
      "--holdout",
      "0",
      "--top",
      "20",
    ]);
  }
});
afterAll(() => Deno.remove(folder, { recursive: true }));

/** Which of the texts stand, as UTF-8, in any file of the store's folder. */
async function foundInFiles(texts: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for await (const { name } of Deno.readDir(`${folder}/data`)) {
    const bytes = new TextDecoder("latin1").decode(await Deno.readFile(`${folder}/data/${name}`));
    for (const text of texts) {
      if (bytes.includes(new TextDecoder("latin1").decode(new TextEncoder().encode(text)))) found.add(text);
    }
  }
  return [...found];
}

async function request(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

async function get(url: string) {
  const { status, body } = await request(url);
  assert.equal(status, 200, `${url}: ${JSON.stringify(body)}`);
  return body;
}

async function post(url: string, userId: string, itemId: string, eventId: string) {
  const event = { eventId, userId, itemId, value: 5 }, headers = { "content-type": "application/json" };
  const { body } = await request(`${url}/v1/events`, {
    method: "POST",
    headers,
    body: JSON.stringify(event),
  });
  return body;
}

const usersPath = (url: string, userId: string) => `${url}/v1/users/${encodeURIComponent(userId)}`;
const listOf = (url: string, userId: string, query = "") =>
  get(`${usersPath(url, userId)}/recommendations?limit=50&wait=10s${query}`);
const othersLists = (url: string) =>
  Promise.all(Array.from({ length: USERS }, async (_, user) => (await listOf(url, `u${user}`)).items));
const erase = (url: string, userId: string) => request(usersPath(url, userId), { method: "DELETE" });

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 30_000;
  while (!await isSo()) {
    assert.ok(performance.now() < endMs, `not within 30 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The server does as told, and ends by the signal. */
async function during<T>(
  program: RunningProgram,
  work: (url: string) => Promise<T>,
  signal: Deno.Signal,
): Promise<T> {
  try {
    return await work(program.url);
  } finally {
    await program.end(signal);
  }
}

const startUp = () => startProgram(["up", "--store", store, "--train-every", "0"]);
const learnOnce = (readBatch: number) =>
  fozJson(["learn", "--once", "--store", store, "--log-level", "error", "--read-batch", `${readBatch}`]);

/** The user acts, and what that makes of lists and rows is written. */
async function actAs(url: string, userId: string): Promise<void> {
  let token = "";
  for (let k = 0; k < 5; k++) token = (await post(url, userId, `i${3 * k}`, `${userId} did ${k}`)).token;
  await listOf(url, userId, `&after=${token}`);
  await until("stored lists are made anew", async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return Number(/foz_documents_refreshed (\d+)/.exec(metrics)?.[1] ?? 0) > 0;
  });
}

describe("a user who is erased", () => {
  let lists: unknown[];

  it("is not answered any more, and stands in no file when the server has ended", async () => {
    const [userId] = GONE;
    lists = await during(await startUp(), async (url) => {
      await actAs(url, userId);
      await post(url, "u1", "i7", "u1 did it");
      assert.equal((await listOf(url, userId)).basis, "personal");
      assert.deepEqual(await foundInFiles([userId, `${userId} did 0`]), [userId, `${userId} did 0`]);
      const deleted = await request(
        `${usersPath(url, userId)}/events/${encodeURIComponent(`${userId} did 1`)}`,
        {
          method: "DELETE",
        },
      );
      assert.equal(deleted.status, 200);
      assert.ok((await listOf(url, userId, `&after=${deleted.body.token}`)).items.length > 0);
      const { status, body } = await erase(url, userId);
      assert.equal(status, 200, JSON.stringify(body));
      const { token, influenceUntil, documents, ...rest } = body;
      assert.deepEqual(rest, { events: 35, generations: ["g000001", "g000002"] });
      assert.ok(documents >= 1 && /next generation/.test(influenceUntil));
      assert.equal((await listOf(url, userId, `&after=${token}`)).basis, "popular");
      assert.equal((await erase(url, userId)).status, 404);
      await post(url, "u2", "i8", "u2 did it");
      return await othersLists(url);
    }, "SIGINT");
    assert.deepEqual(await foundInFiles([userId, "<first>", `${userId} did 0`]), []);
  });

  it("leaves a state from which everything goes on: the same answers, whatever is read at once", async () => {
    const first = await learnOnce(256);
    assert.deepEqual(await learnOnce(3), first);
    await during(await startUp(), async (url) => {
      assert.deepEqual(await othersLists(url), lists);
      const { results: [{ status }] } = await post(url, GONE[0], "i0", `${GONE[0]} did 0`);
      assert.equal(status, "duplicate", "a late repeat does not bring it back");
      const { token } = await post(url, GONE[0], "i1", "somebody new");
      assert.equal((await listOf(url, GONE[0], `&after=${token}`)).basis, "personal");
      assert.equal((await get(`${usersPath(url, GONE[0])}/events`)).events.length, 1);
      await erase(url, GONE[0]);
    }, "SIGINT");
    assert.deepEqual(await foundInFiles(["<first>"]), []);
    const verified = await fozJson(["generations", "verify", "g000002", "--store", store]);
    assert.equal(verified.verifiable, false);
  });

  it("stands in no file after kill -9 right behind the answer", async () => {
    const [, userId] = GONE;
    await during(await startUp(), async (url) => {
      await actAs(url, userId);
      const { status } = await erase(url, userId);
      assert.equal(status, 200);
    }, "SIGKILL");
    assert.deepEqual(await foundInFiles([userId]), []);
    const first = await learnOnce(100);
    assert.deepEqual(await learnOnce(7), first);
    assert.deepEqual(await foundInFiles([userId]), []);
  });

  it("is erased by serve, and forgotten by the learner of another process", async () => {
    const [, , userId] = GONE, learn = await startLearning(store);
    try {
      await during(await startProgram(["serve", "--store", store]), async (url) => {
        for (let k = 0; k < 5; k++) {
          const { token } = await post(url, userId, `i${3 * k}`, `${userId} did ${k}`);
          assert.equal((await listOf(url, userId, `&after=${token}`)).basis, "personal");
        }
        const { body: { token, events } } = await erase(url, userId);
        assert.equal(events, 35);
        assert.equal((await listOf(url, userId, `&after=${token}`)).basis, "popular");
        lists = await othersLists(url);
      }, "SIGINT");
      await during(await startProgram(["serve", "--store", store]), async (url) => {
        assert.deepEqual(await othersLists(url), lists, "who comes later sees the same");
      }, "SIGINT");
    } finally {
      await learn.end("SIGINT");
    }
    assert.deepEqual(await foundInFiles([userId, "to be forgotten"]), []);
  });

  it("is in no generation to come", async () => {
    const trained = await fozJson([
      "train",
      "--store",
      store,
      "--factors",
      "8",
      "--epochs",
      "3",
      "--holdout",
      "0",
    ]);
    const verified = await fozJson(["generations", "verify", trained.generation, "--store", store]);
    assert.equal(verified.verified, true);
    assert.deepEqual(await foundInFiles(["to be forgotten"]), []);
  });
});
