import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { openStore } from "../../src/commands/open_store.ts";
import { welcome } from "../../src/commands/serve.ts";
import { plantedGeneration } from "../serve/planted_generation.ts";
import { ITEM_IDS, USER_IDS } from "../serve/planted_server.ts";
import { serveProcess } from "./foz_server.ts";
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

let folder: string;
beforeEach(async () => {
  folder = await Deno.makeTempDir();
});
afterEach(() => Deno.remove(folder, { recursive: true }));

async function plantedFile(): Promise<string> {
  const url = `sqlite:${folder}/foz.db`;
  const store = await openStore(url);
  await store.generations.publish(
    await plantedGeneration({ userIds: USER_IDS, itemIds: ITEM_IDS, seenCount: 0 }),
  );
  await store.generations.activate("g000001", 0, 0);
  await store.close();
  return url;
}

const ask = async (url: string) => await (await fetch(url)).json();

async function post(url: string, body: unknown): Promise<Response> {
  return await fetch(`${url}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

describe("foz serve", () => {
  it("loses no event that it answered with 202, even when it is killed", async () => {
    const store = await plantedFile();
    const first = await serveProcess(store);
    const acknowledged = new Set<string>();
    let sent = 0;
    const send = async () => {
      for (;;) {
        const eventId = `e${sent++}`;
        const response = await post(first.url, { eventId, userId: "42", itemId: ITEM_IDS[sent % 5] }).catch(
          () => undefined,
        );
        if (response?.status !== 202) return;
        if ((await response.json().catch(() => undefined))?.accepted === 1) acknowledged.add(eventId);
      }
    };
    const senders = Promise.all([send(), send(), send(), send()]);
    const endMs = performance.now() + 10_000;
    while (acknowledged.size < 40 && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await first.end("SIGKILL");
    await senders;
    assert.ok(acknowledged.size >= 40);
    const second = await serveProcess(store);
    const { events } = await ask(`${second.url}/v1/users/42/events?limit=1000`);
    const found = events.map((event: { eventId: string }) => event.eventId);
    assert.equal(new Set(found).size, found.length, "no event is there twice");
    assert.deepEqual([...acknowledged].filter((eventId) => !found.includes(eventId)), []);
    const { items } = await ask(`${second.url}/v1/users/42/recommendations?limit=100`);
    const seen = new Set(events.map((event: { itemId: string }) => event.itemId));
    assert.ok(!items.some((item: { itemId: string }) => seen.has(item.itemId)), "what it did before is seen");
    assert.equal((await second.end("SIGTERM")).code, 0);
  });

  it("sees what another process adds and activates", async () => {
    const url = await plantedFile();
    const server = await serveProcess(url);
    const store = await openStore(url);
    const { results } = await (await post(server.url, { userId: "7", itemId: "661" })).json();
    assert.equal(results[0].offset, 0);
    await store.eventLog.append([{ eventId: "x", userId: "7", itemId: "914", value: 1, timeMs: 0 }]);
    const second = await plantedGeneration({
      generation: "g000002",
      userIds: USER_IDS,
      itemIds: ITEM_IDS,
      seenCount: 0,
      seed: 2,
    });
    await store.generations.publish(second);
    const { appliedOffset } = await store.generations.activate("g000002", 0, 0);
    await store.updates.publish({ kind: "generationActivated", generation: "g000002", appliedOffset });
    const path = `${server.url}/v1/users/7/recommendations?limit=100`;
    const endMs = performance.now() + 10_000;
    let list = await ask(path);
    while ((list.generation !== "g000002" || list.appliedOffset < 2) && performance.now() < endMs) {
      list = await ask(path);
    }
    assert.equal(list.generation, "g000002");
    const ids = list.items.map((item: { itemId: string }) => item.itemId);
    assert.ok(!ids.includes("661") && !ids.includes("914"));
    assert.equal((await server.end("SIGINT")).code, 0);
    await store.close();
  });

  it("says clearly what is wrong when it cannot start", async () => {
    const run = async (...args: string[]) => {
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [...OWN_PROGRAM, "serve", ...args],
        env: { NO_COLOR: "1" },
      }).output();
      return { code, error: new TextDecoder().decode(stderr) };
    };
    const outside = await run("--store", "memory:", "--host", "0.0.0.0");
    assert.equal(outside.code, 2);
    assert.match(outside.error, /0\.0\.0\.0 without keys/);
    assert.equal((await run("--store", "memory:", "--port", "99999")).code, 2);
  });
});

describe("welcome", () => {
  it("says where it listens, what answers, and what to try", () => {
    const recommender = { generation: { generation: "g000003" } };
    const text = welcome(
      { url: "http://127.0.0.1:8080", model: { current: { recommender } } } as never,
      false,
    );
    assert.match(text, /Foz listens on http:\/\/127\.0\.0\.1:8080 \(no keys: loopback only\)/);
    assert.match(text, /g000003 answers/);
    assert.match(text, /curl 'http:\/\/127\.0\.0\.1:8080\/v1\/users/);
    const empty = welcome({ url: "http://h:1", model: {} } as never, true);
    assert.match(empty, /foz train/);
    assert.match(empty, /X-API-Key/);
  });
});
