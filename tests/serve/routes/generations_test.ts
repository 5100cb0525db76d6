import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { plantedGeneration } from "../planted_generation.ts";
import { ITEM_IDS, type PlantedServer, plantedServer, USER_IDS } from "../planted_server.ts";

let server: PlantedServer;
beforeEach(async () => {
  server = await plantedServer();
});
afterEach(() => server.stop());

describe("/v1/generations", () => {
  it("lists what was published, and which is active", async () => {
    const { active, generations } = await (await server.get("/v1/generations")).json();
    assert.equal(active, "g000001");
    assert.deepEqual(generations, [{
      generation: "g000001",
      at: new Date(1_700_000_000_000).toISOString(),
      offset: 0,
      feedback: "explicit",
      factors: 12,
      users: USER_IDS.length,
      items: ITEM_IDS.length,
      interactions: 3 * USER_IDS.length,
      metrics: { rmse: 0.9 },
      baseline: { rmse: 1 },
      sha256: server.content!.generation.sha256,
    }]);
  });

  it("activates: the answer after it is the other generation's, and back again", async () => {
    const second = await plantedGeneration({
      generation: "g000002",
      userIds: USER_IDS,
      itemIds: ITEM_IDS,
      seed: 2,
    });
    await server.store.generations.publish(second);
    const path = "/v1/users/42/recommendations";
    const before = await (await server.get(path)).json();
    const response = await server.send("POST", "/v1/generations/g000002/activate");
    assert.equal(response.status, 200);
    assert.equal((await response.json()).active, "g000002");
    const other = await (await server.get(path)).json();
    assert.equal(other.generation, "g000002");
    assert.notDeepEqual(other.items, before.items);
    await server.send("POST", "/v1/generations/g000001/activate");
    const back = await (await server.get(path)).json();
    assert.deepEqual([back.generation, back.items], ["g000001", before.items]);
  });

  it("says 404 for a generation that is not published, and names those that are", async () => {
    const response = await server.send("POST", "/v1/generations/g000009/activate");
    assert.equal(response.status, 404);
    assert.match((await response.json()).detail, /"g000009".*published are: g000001/);
  });

  it("has none active in an empty store", async () => {
    const empty = await plantedServer({ planted: false });
    assert.deepEqual(await (await empty.get("/v1/generations")).json(), { active: null, generations: [] });
    await empty.stop();
  });
});
