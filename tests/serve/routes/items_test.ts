import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ITEM_IDS, type PlantedServer, plantedServer } from "../planted_server.ts";

let server: PlantedServer;
beforeEach(async () => {
  server = await plantedServer();
});
afterEach(() => server.stop());

/** Double precision, from the planted factors. */
function reference(userId: string, itemId: string): number {
  const { model, userIds, itemIds } = server.content!;
  const u = userIds.indexOf(userId), i = itemIds.indexOf(itemId);
  let dot = 0;
  for (let f = 0; f < model.stride; f++) {
    dot += model.userFactors[u * model.stride + f] * model.itemFactors[i * model.stride + f];
  }
  return model.globalMean + dot;
}

describe("GET /v1/users/{userId}/predictions", () => {
  it("gives ratings within the range seen, in the order asked for", async () => {
    const ids = ["914", "🍕", "1193", "x/y", '"'];
    const answer =
      await (await server.get(`/v1/users/42/predictions?items=${ids.map(encodeURIComponent).join(",")}`))
        .json();
    assert.equal(answer.userId, "42");
    assert.deepEqual(answer.predictions.map((one: { itemId: string }) => one.itemId), ids);
    for (const { itemId, prediction, basis } of answer.predictions) {
      assert.equal(basis, "personal");
      assert.ok(Math.abs(prediction - Math.min(5, Math.max(1, reference("42", itemId)))) < 1e-5);
    }
    assert.equal(answer.predictions[2].title, "One Flew Over the Cuckoo's Nest (1975)");
  });

  it("says popular where the user or the item is unknown", async () => {
    const answer = await (await server.get("/v1/users/who/predictions?items=914")).json();
    assert.equal(answer.predictions[0].basis, "popular");
    const other = await (await server.get("/v1/users/42/predictions?items=who,914")).json();
    assert.deepEqual(other.predictions.map((one: { basis: string }) => one.basis), ["popular", "personal"]);
  });

  it("needs items", async () => {
    for (const query of ["", "?items=", "?items=a,"]) {
      assert.equal((await server.get(`/v1/users/42/predictions${query}`)).status, 422, query);
    }
  });
});

describe("POST /v1/users/{userId}/rank", () => {
  it("orders by the unclipped score, unknown items last", async () => {
    const items = ["who", ...ITEM_IDS, "1193"];
    const answer = await (await server.send("POST", "/v1/users/7/rank", { items })).json();
    const expected = ITEM_IDS.toSorted((a, b) => reference("7", b) - reference("7", a));
    assert.deepEqual(answer.items.map((item: { itemId: string }) => item.itemId), [...expected, "who"]);
    assert.deepEqual(
      answer.items.map((item: { rank: number }) => item.rank),
      [...expected, "who"].map((_, i) => i + 1),
    );
    assert.equal(answer.basis, "personal");
  });
});

describe("GET /v1/items/{itemId}/similar", () => {
  it("gives the other items by cosine of the factors without biases", async () => {
    const { model } = server.content!;
    const row = (itemId: string) => {
      const i = ITEM_IDS.indexOf(itemId);
      return Array.from(
        model.itemFactors.subarray(i * model.stride, i * model.stride + model.parameters.factorCount),
      );
    };
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, f) => sum + x * b[f], 0);
    const cosine = (a: string, b: string) =>
      dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
    for (const itemId of ["661", "x/y", "item, with comma"]) {
      const { itemId: of, items } =
        await (await server.get(`/v1/items/${encodeURIComponent(itemId)}/similar?limit=100`)).json();
      assert.equal(of, itemId);
      const expected = ITEM_IDS.filter((id) => id !== itemId).sort((a, b) =>
        cosine(itemId, b) - cosine(itemId, a)
      );
      assert.deepEqual(items.map((item: { itemId: string }) => item.itemId), expected);
      for (const item of items) assert.ok(Math.abs(item.score - cosine(itemId, item.itemId)) < 1e-5);
    }
  });

  it("says 404 for an unknown item", async () => {
    const response = await server.get("/v1/items/who/similar");
    assert.equal(response.status, 404);
    assert.equal((await response.json()).type, "urn:foz:problem:unknown-item");
  });
});
