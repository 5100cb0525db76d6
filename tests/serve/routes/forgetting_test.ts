import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Keys } from "../../../src/serve/keys.ts";
import { readToken } from "../../../src/serve/token.ts";
import { type PlantedServer, plantedServer } from "../planted_server.ts";

let server: PlantedServer;
beforeEach(async () => {
  server = await plantedServer({ seenCount: 0 });
  const events = [["e1", "1193"], ["e2", "661"], ["e3", "661"]].map(([eventId, itemId]) => ({
    ...{ eventId, itemId },
    userId: "42",
  }));
  await server.send("POST", "/v1/events", { events });
});
afterEach(() => server.stop());

const listed = async (query = "") => {
  const answer = await (await server.get(`/v1/users/42/recommendations?limit=100${query}`)).json();
  return { basis: answer.basis, items: answer.items.map((item: { itemId: string }) => item.itemId) };
};
const remove = (path: string) => server.send("DELETE", path);

describe("DELETE /v1/users/{userId}/events/{eventId}", () => {
  it("takes an event back: the item is listed again, the event is not", async () => {
    assert.ok(!(await listed()).items.includes("1193"));
    const response = await remove("/v1/users/42/events/e1"), answer = await response.json();
    assert.equal(response.status, 200);
    assert.deepEqual(answer, { eventId: "e1", offset: 3, token: answer.token });
    assert.equal(readToken(answer.token, server.store.eventLog.logId), 3);
    assert.ok((await listed()).items.includes("1193"), "in the very next answer");
    assert.ok((await listed(`&after=${answer.token}`)).items.includes("1193"));
    const { events } = await (await server.get("/v1/users/42/events")).json();
    assert.deepEqual(events.map((event: { eventId: string }) => event.eventId), ["e3", "e2"]);
    assert.equal((await server.get("/v1/events/e1/trace")).status, 404);
    assert.deepEqual(await (await remove("/v1/users/42/events/e1")).json(), answer, "again, as before");
  });

  it("leaves an item seen while another event says so", async () => {
    await remove("/v1/users/42/events/e2");
    assert.ok(!(await listed()).items.includes("661"));
    await remove("/v1/users/42/events/e3");
    assert.ok((await listed()).items.includes("661"));
  });

  it("does not know somebody else's event, nor one that there is not", async () => {
    for (
      const path of ["/v1/users/7/events/e1", "/v1/users/42/events/nothing", "/v1/users/nobody/events/e1"]
    ) {
      const response = await remove(path);
      assert.deepEqual([response.status, (await response.json()).type], [
        404,
        "urn:foz:problem:unknown-event",
      ]);
    }
    assert.equal(await server.store.eventLog.end(), 3);
  });
});

describe("DELETE /v1/users/{userId}", () => {
  it("erases a user, and says what that was", async () => {
    assert.equal((await listed()).basis, "personal");
    const response = await remove("/v1/users/42"), answer = await response.json();
    assert.equal(response.status, 200);
    const { token, influenceUntil, ...rest } = answer;
    assert.deepEqual(rest, { events: 3, documents: 0, generations: ["g000001"] });
    assert.match(influenceUntil, /next generation/);
    assert.equal(readToken(token, server.store.eventLog.logId), 3);
    assert.equal((await listed()).basis, "popular");
    assert.ok((await listed(`&after=${token}`)).items.includes("1193"));
    assert.deepEqual((await (await server.get("/v1/users/42/events")).json()).events, []);
    assert.equal((await server.get("/v1/users/42/recommendations?strict=true")).status, 404);
    assert.equal((await server.get("/v1/events/e2/trace")).status, 404);
    const { generations } = await (await server.get("/v1/generations")).json();
    assert.equal(generations[0].verifiable, false);
  });

  it("does not know whom nobody knows, nor whom it has erased", async () => {
    await remove("/v1/users/42");
    for (const path of ["/v1/users/42", "/v1/users/somebody%20else"]) {
      const response = await remove(path);
      assert.deepEqual([response.status, (await response.json()).type], [
        404,
        "urn:foz:problem:unknown-user",
      ]);
    }
  });

  it("takes who comes back for somebody new", async () => {
    await remove("/v1/users/42");
    const again = await server.send("POST", "/v1/events", { eventId: "e1", userId: "42", itemId: "1193" });
    assert.equal((await again.json()).results[0].status, "duplicate");
    await server.send("POST", "/v1/events", { eventId: "e9", userId: "42", itemId: "914" });
    const { basis, items } = await listed();
    assert.equal(basis, "popular");
    assert.ok(items.includes("1193") && !items.includes("914"));
  });
});

describe("deleting with keys", () => {
  const keyed = (key: string) => ({ "x-api-key": key });
  const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

  it("needs the scope write for an event, and admin for a user", async () => {
    const keys = Keys.parse(`read:${sha256("r")},write:${sha256("w")},admin:${sha256("a")}`);
    const locked = await plantedServer({ seenCount: 0, app: { keys } });
    await locked.send("POST", "/v1/events", { eventId: "e1", userId: "42", itemId: "661" }, keyed("w"));
    const statuses = async (path: string) => {
      const found: number[] = [];
      for (const key of ["", "r", "w", "a"]) {
        found.push((await locked.send("DELETE", path, undefined, key === "" ? {} : keyed(key))).status);
      }
      return found;
    };
    assert.deepEqual(await statuses("/v1/users/42/events/e1"), [401, 403, 200, 200]);
    assert.deepEqual(await statuses("/v1/users/42"), [401, 403, 403, 200]);
    await locked.stop();
  });
});
