import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openStore, type Store } from "../../src/commands/open_store.ts";
import {
  isLoopback,
  type ServerOptions,
  startServer,
  trainingJobs,
} from "../../src/commands/start_server.ts";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import { writeToken } from "../../src/serve/token.ts";
import { plantedGeneration } from "../serve/planted_generation.ts";
import { ITEM_IDS, USER_IDS } from "../serve/planted_server.ts";

async function plantedStore(): Promise<Store> {
  const store = await openStore("memory:");
  await store.generations.publish(
    await plantedGeneration({ userIds: USER_IDS, itemIds: ITEM_IDS, seenCount: 0 }),
  );
  await store.generations.activate("g000001", 0, 0);
  return store;
}

function optionsOf(store: Store, options: Partial<ServerOptions> = {}): ServerOptions {
  return {
    store,
    jobs: trainingJobs("memory:"),
    host: "127.0.0.1",
    port: 0,
    keys: "",
    rateLimit: 0,
    ...options,
  };
}

describe("isLoopback", () => {
  it("knows addresses that only this machine reaches", () => {
    for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"]) {
      assert.ok(isLoopback(host), host);
    }
    for (const host of ["0.0.0.0", "::", "192.168.1.4", "localhost.example", "1127.0.0.1", ""]) {
      assert.ok(!isLoopback(host), host);
    }
  });
});

describe("startServer", () => {
  it("answers on a free port, and not any more after stop", async () => {
    const store = await plantedStore();
    const server = await startServer(optionsOf(store));
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await (await fetch(`${server.url}/v1/users/42/recommendations`)).json();
    assert.equal(answer.basis, "personal");
    assert.match(await (await fetch(`${server.url}/metrics`)).text(), /^foz_http_requests_total\{.*\} 1$/m);
    await server.stop();
    await assert.rejects(fetch(`${server.url}/livez`));
    await store.close();
  });

  it("finishes the requests that are running when it is stopped", async () => {
    const store = await plantedStore();
    const server = await startServer(optionsOf(store));
    const ask = `${server.url}/v1/users/42/recommendations?wait=5s&limit=100&after=`;
    // An event that comes while the server is being stopped still ends the waiting.
    const waiting = fetch(ask + writeToken(store.eventLog.logId, 0));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const stopping = server.stop();
    await store.eventLog.append([{ eventId: "e", userId: "42", itemId: "661", value: 1, timeMs: 0 }]);
    const response = await waiting;
    assert.equal(response.status, 200);
    const { items } = await response.json();
    assert.ok(!items.some((item: { itemId: string }) => item.itemId === "661"));
    await stopping;
    await store.close();
  });

  it("has its online models again after a restart, with all that they learned", async () => {
    const store = await plantedStore(), headers = { "content-type": "application/json" };
    const send = async (server: { url: string }, method: string, path: string, body: unknown) => {
      const response = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
      return await response.json();
    };
    const first = await startServer(optionsOf(store));
    await send(first, "PUT", "/v1/models/m", { model: "mean" });
    for (const target of [1, 2, 6]) {
      await send(first, "POST", "/v1/models/m/learn", { features: {}, target });
    }
    await first.stop();
    const second = await startServer(optionsOf(store));
    const { prediction } = await send(second, "POST", "/v1/models/m/predict", { features: {} });
    assert.equal(prediction, 3);
    await second.stop();
    await store.close();
  });

  it("needs keys to be reached from outside", async () => {
    const store = await plantedStore();
    await assert.rejects(
      startServer(optionsOf(store, { host: "0.0.0.0" })),
      (error: unknown) =>
        error instanceof BadInput && /0\.0\.0\.0 without keys.*accepted is a loopback/.test(error.message),
    );
    const keys = `read:${createHash("sha256").update("k").digest("hex")}`;
    const server = await startServer(optionsOf(store, { host: "0.0.0.0", keys }));
    const { port } = new URL(server.url);
    const statusWith = async (headers: Record<string, string>) => {
      const response = await fetch(`http://127.0.0.1:${port}/v1/items/popular`, { headers });
      await response.body?.cancel();
      return response.status;
    };
    assert.deepEqual([await statusWith({}), await statusWith({ "x-api-key": "k" })], [401, 200]);
    await server.stop();
    await store.close();
  });

  it("limits clients by their address", async () => {
    const store = await plantedStore();
    const server = await startServer(optionsOf(store, { rateLimit: 0.5 }));
    const statuses: number[] = [];
    for (let i = 0; i < 2; i++) {
      const response = await fetch(`${server.url}/v1/items/popular`);
      statuses.push(response.status);
      await response.body?.cancel();
    }
    assert.deepEqual(statuses, [200, 429]);
    await server.stop();
    await store.close();
  });

  it("says when the port is taken", async () => {
    const store = await plantedStore();
    const first = await startServer(optionsOf(store));
    const port = Number(new URL(first.url).port);
    await assert.rejects(
      startServer(optionsOf(store, { port })),
      (error: unknown) =>
        error instanceof OutsideFailure &&
        error.message.includes(`:${port} failed: another program listens there`),
    );
    await first.stop();
    await store.close();
  });
});
