/** src/edge.ts in workerd, as an edge host runs it, beside the server in Deno: the same bytes. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Miniflare, type MiniflareOptions } from "miniflare";
import { activeSnapshot } from "../src/commands/export/active_snapshot.ts";
import { writeSnapshot } from "../src/domain/snapshot.ts";
import { edgeModules } from "./edge_modules.ts";
import { ITEM_IDS, type PlantedServer, plantedServer, USER_IDS } from "./serve/planted_server.ts";

interface Bucket {
  put(name: string, value: Uint8Array): Promise<unknown>;
}

const KEY = "the key of the snapshot";

/** Enough that a search goes its usual ways. */
const MORE_ITEMS = Array.from({ length: 2500 }, (_, i) => `item ${i}`);

const modules = edgeModules(new URL("../src/edge.ts", import.meta.url));

/** The function in workerd; its snapshot lies in a bucket. */
async function edge(bindings: Record<string, string>, snapshot?: Uint8Array): Promise<Miniflare> {
  const options = {
    modules,
    modulesRoot: "/",
    compatibilityDate: "2026-01-01",
    bindings,
    r2Buckets: ["FOZ_SNAPSHOT"],
    handleRuntimeStdio: (_out: ReadableStream, _error: ReadableStream) => {},
  } as unknown as MiniflareOptions;
  const miniflare = new Miniflare(options);
  if (snapshot !== undefined) {
    const bucket: unknown = await miniflare.getR2Bucket("FOZ_SNAPSHOT");
    await (bucket as Bucket).put("foz.snapshot", snapshot);
  }
  return miniflare;
}

describe("the edge, in workerd", () => {
  let server: PlantedServer;
  let miniflare: Miniflare;

  beforeAll(async () => {
    server = await plantedServer({
      itemIds: [...ITEM_IDS, ...MORE_ITEMS],
      factorCount: 33,
      seenCount: 40,
      seed: 5,
    });
    // Events since the generation: seen by the server, and so by the snapshot.
    for (const [userId, itemId] of [["42", "318"], ["new user", "858"], ["7", "item of nobody"]]) {
      await server.send("POST", "/v1/events", { userId, itemId });
    }
    miniflare = await edge(
      { FOZ_SNAPSHOT_KEY: KEY },
      await writeSnapshot(await activeSnapshot(server.store), KEY),
    );
  });

  afterAll(async () => {
    await miniflare.dispose();
    await server.stop();
  });

  async function sameBytes(method: string, path: string, body?: unknown): Promise<void> {
    const here = await server.send(method, path, body);
    const there = await miniflare.dispatchFetch(`http://localhost${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    assert.equal(there.status, here.status, path);
    assert.deepEqual(
      new Uint8Array(await there.arrayBuffer()),
      new Uint8Array(await here.arrayBuffer()),
      path,
    );
    for (const name of ["content-type", "etag", "x-model-generation", "x-applied-offset"]) {
      assert.equal(there.headers.get(name), here.headers.get(name), name);
    }
  }

  it("gives known and unknown users the server's lists, to the byte", async () => {
    for (const userId of [...USER_IDS, "new user", "who"]) {
      const path = `/v1/users/${encodeURIComponent(userId)}`;
      await sameBytes("GET", `${path}/recommendations?limit=100`);
      await sameBytes("GET", `${path}/predictions?items=${encodeURIComponent("1193,🍕,who")}`);
      await sameBytes("POST", `${path}/rank`, { items: ITEM_IDS });
    }
  });

  it("gives sessions, similar and popular items the server's answers, to the byte", async () => {
    await sameBytes("POST", "/v1/sessions/recommendations", {
      items: ["1193", { itemId: "661", value: 1 }],
      limit: 100,
    });
    await sameBytes("POST", "/v1/sessions/recommendations", { items: ["who"] });
    for (const itemId of [...ITEM_IDS, "who"]) {
      await sameBytes("GET", `/v1/items/${encodeURIComponent(itemId)}/similar`);
    }
    await sameBytes("GET", "/v1/items/popular");
    await sameBytes("POST", "/v1/recommendations:batch", {
      requests: USER_IDS.map((userId) => ({ userId })),
    });
  });

  it("refuses what the server refuses", async () => {
    for (
      const path of ["/v1/users/42/recommendations?limit=0", "/v1/users/%zz/recommendations", "/nothing"]
    ) {
      await sameBytes("GET", path);
    }
  });

  it("takes no events, and tells that it is ready and what it has", async () => {
    assert.equal(
      (await miniflare.dispatchFetch("http://localhost/v1/events", { method: "POST" })).status,
      404,
    );
    const ready = await (await miniflare.dispatchFetch("http://localhost/readyz")).json() as {
      appliedOffset: number;
    };
    assert.equal(ready.appliedOffset, 3);
    const { paths } = await (await miniflare.dispatchFetch("http://localhost/openapi.json")).json() as {
      paths: object;
    };
    assert.ok(!("/v1/events" in paths) && "/v1/items/popular" in paths);
  });
});

describe("the edge without a good snapshot", () => {
  it("answers 503 when there is none, or one that is not signed", async () => {
    const server = await plantedServer();
    const unsigned = await writeSnapshot(await activeSnapshot(server.store));
    for (const snapshot of [undefined, unsigned]) {
      const miniflare = await edge({ FOZ_SNAPSHOT_KEY: KEY }, snapshot);
      const response = await miniflare.dispatchFetch("http://localhost/v1/items/popular");
      assert.equal(response.status, 503);
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      await response.text();
      await miniflare.dispose();
    }
    await server.stop();
  });

  it("asks for keys where some are configured", async () => {
    const server = await plantedServer();
    const keys = `read:${createHash("sha256").update("k").digest("hex")}`;
    const miniflare = await edge({ FOZ_KEYS: keys }, await writeSnapshot(await activeSnapshot(server.store)));
    const statusWith = async (headers: Record<string, string>) => {
      const response = await miniflare.dispatchFetch("http://localhost/v1/items/popular", { headers });
      await response.text();
      return response.status;
    };
    assert.deepEqual([await statusWith({}), await statusWith({ "x-api-key": "k" })], [401, 200]);
    await miniflare.dispose();
    await server.stop();
  });
});
