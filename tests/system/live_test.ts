import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Random } from "../../src/synthesize/random.ts";
import { fozJson, type RunningProgram, startLearning, startProgram } from "./program.ts";

const USERS = 120, ITEMS = 150;
let folder: string, store: string;

/** Ratings of a few groups of users who like a few groups of items. */
function plantedRatings(): string {
  const random = Random.seeded(5), lines = ["user,item,value,time"];
  for (let user = 0; user < USERS; user++) {
    for (let k = 0; k < 30; k++) {
      const item = random.below(ITEMS), likes = user % 3 === item % 3;
      lines.push(`u${user},i${item},${likes ? 4 + random.below(2) : 1 + random.below(2)},${lines.length}`);
    }
  }
  return lines.join("\n") + "\n";
}

beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "foz-live-" });
  store = `sqlite:${folder}/foz.db`;
  await Deno.writeTextFile(`${folder}/ratings.csv`, plantedRatings());
  await fozJson(["import", `${folder}/ratings.csv`, "--store", store]);
  await fozJson(["train", "--store", store, "--factors", "8", "--epochs", "4", "--holdout", "0"]);
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function json(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  const body = await response.json();
  assert.ok(response.ok, `${url}: ${response.status} ${JSON.stringify(body)}`);
  return body;
}

function post(url: string, event: unknown) {
  const headers = { "content-type": "application/json" };
  return json(`${url}/v1/events`, { method: "POST", headers, body: JSON.stringify(event) });
}

let lastUser = 0;

/**
 * Writes, and reads with the token. Somebody new must be known by taste: that is nowhere but in a learned row. Somebody
 * known must get another prediction, and no longer the item.
 */
async function trial(url: string, random: Random): Promise<void> {
  const itemId = `i${random.below(ITEMS)}`, value = 1 + random.below(5), isNew = random.below(2) === 0;
  const userId = isNew ? `new ${++lastUser}` : `u${random.below(USERS)}`, path = `${url}/v1/users/${userId}`;
  const { token, results: [{ offset }] } = await post(url, { userId, itemId, value });
  const list = await json(`${path}/recommendations?limit=1000&wait=5s&after=${token}`);
  assert.equal(list.basis, "personal", `${userId} was not learned`);
  assert.ok(list.appliedOffset > offset);
  assert.ok(!list.items.some((item: { itemId: string }) => item.itemId === itemId));
}

/** So many trials, some of them at a time. */
async function trials(url: string, count: number, seed: number): Promise<void> {
  await Promise.all(Array.from({ length: 8 }, async (_, lane) => {
    const random = Random.seeded(seed + lane);
    for (let k = 0; k < count / 8; k++) await trial(url, random);
  }));
}

async function predictionOf(url: string, userId: string, token = ""): Promise<number> {
  const after = token === "" ? "" : `&after=${token}`;
  return (await json(`${url}/v1/users/${userId}/predictions?items=i7${after}`)).predictions[0].prediction;
}

async function listsOf(url: string): Promise<unknown[]> {
  const { logEnd } = await json(`${url}/readyz`),
    userIds = Array.from({ length: USERS }, (_, user) => `u${user}`);
  for (const userId of ["new 1", "new 2"]) userIds.push(userId);
  const { appliedOffset } = await json(`${url}/readyz`);
  assert.equal(appliedOffset, logEnd);
  return await Promise.all(
    userIds.map(async (userId) => (await json(`${url}/v1/users/${userId}/recommendations?limit=50`)).items),
  );
}

async function during<T>(
  program: Omit<RunningProgram, "url">,
  work: () => Promise<T>,
  signal: Deno.Signal = "SIGINT",
): Promise<T> {
  try {
    return await work();
  } finally {
    await program.end(signal);
  }
}

describe("live answers", () => {
  let lists: unknown[];

  it("foz up: an answer with the token knows the event, also what was learned from it", async () => {
    const up = await startProgram(["up", "--store", store, "--train-every", "0"]);
    await during(up, async () => {
      const before = await predictionOf(up.url, "u1");
      const { token } = await post(up.url, { userId: "u1", itemId: "i8", value: 1 });
      assert.notEqual(await predictionOf(up.url, "u1", token), before);
      await trials(up.url, 1600, 1);
      await post(up.url, { eventId: "traced", userId: "u2", itemId: "i9", value: 3 });
      const trace = async () => await json(`${up.url}/v1/events/traced/trace`);
      while (!(await trace()).applied) await new Promise((resolve) => setTimeout(resolve, 2));
      const { received, logged, learned, visible } = await trace();
      const times = [received, logged, learned, visible].map((time) => Date.parse(time));
      assert.deepEqual(times, times.toSorted((a, b) => a - b), "each step after the one before");
      lists = await listsOf(up.url);
    });
  });

  it("foz up: comes back after kill -9 with the same answers", async () => {
    const killed = await startProgram(["up", "--store", store, "--train-every", "0"]);
    await during(killed, async () => {
      await trials(killed.url, 80, 100);
      lists = await listsOf(killed.url);
    }, "SIGKILL");
    const up = await startProgram(["up", "--store", store, "--train-every", "0"]);
    await during(up, async () => assert.deepEqual(await listsOf(up.url), lists));
  });

  it("foz serve beside foz learn: the same answers, and they know what is written", async () => {
    const learn = await startLearning(store);
    await during(learn, async () => {
      const serve = await startProgram(["serve", "--store", store]);
      await during(serve, async () => {
        assert.deepEqual(await listsOf(serve.url), lists);
        await trials(serve.url, 240, 200);
        lists = await listsOf(serve.url);
      });
      const late = await startProgram(["serve", "--store", store]);
      await during(late, async () => assert.deepEqual(await listsOf(late.url), lists));
    });
  });

  it("foz learn --once comes to the same factors, whatever it reads at once", async () => {
    const once = (...flags: string[]) =>
      fozJson(["learn", "--once", "--store", store, "--log-level", "error", ...flags]);
    const resumed = await once();
    const copy = `${folder}/copy.db`;
    await Deno.copyFile(`${folder}/foz.db`, copy);
    const { DatabaseSync } = await import("node:sqlite");
    const database = new DatabaseSync(copy);
    database.exec("DELETE FROM checkpoints");
    database.close();
    const fresh = await fozJson([
      "learn",
      "--once",
      "--store",
      `sqlite:${copy}`,
      "--log-level",
      "error",
      "--read-batch",
      "7",
    ]);
    assert.deepEqual(fresh, resumed);
    assert.match(fresh.sha256, /^[0-9a-f]{64}$/);
  });
});
