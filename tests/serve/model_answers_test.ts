import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { matchesTag } from "../../src/serve/model_answers.ts";
import { plantedServer } from "./planted_server.ts";
import { writeToken } from "../../src/serve/token.ts";

describe("matchesTag", () => {
  it("compares weakly, in lists, and takes * for any", () => {
    const tag = 'W/"g000001-7"';
    for (const given of [tag, '"g000001-7"', '"x", W/"g000001-7"', "*", ' "a" ,"g000001-7"']) {
      assert.ok(matchesTag(given, tag), given);
    }
    for (const given of ["", '"g000001-8"', "g000001-7", '"g000001-77"']) {
      assert.ok(!matchesTag(given, tag), given);
    }
  });
});

describe("answers of the model", () => {
  it("name the state that answered, and are 304 while it stays", async () => {
    const server = await plantedServer({ offset: 0 });
    const path = "/v1/users/42/recommendations";
    const first = await server.get(path);
    assert.equal(first.headers.get("x-model-generation"), "g000001");
    assert.equal(first.headers.get("x-applied-offset"), "0");
    assert.match(first.headers.get("server-timing")!, /^foz;dur=\d+\.\d{3}$/);
    const tag = first.headers.get("etag")!;
    for (
      const same of [
        path,
        `${path}?limit=3`,
        `${path}?exclude=661`,
        "/v1/items/popular",
        "/v1/items/661/similar",
      ]
    ) {
      const response = await server.get(same, { "if-none-match": tag });
      assert.equal(response.status, 304, same);
      assert.equal(await response.text(), "");
      assert.equal(response.headers.get("etag"), tag);
    }
    await server.send("POST", "/v1/events", { userId: "42", itemId: "318" });
    const changed = await server.get(path, { "if-none-match": tag });
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get("etag"), tag);
    await server.stop();
  });

  it("are 503 until a model is loaded", async () => {
    const server = await plantedServer({ planted: false });
    for (
      const path of [
        "/v1/users/42/recommendations",
        "/v1/items/popular",
        "/v1/users/42/predictions?items=1",
        "/readyz",
      ]
    ) {
      const response = await server.get(path);
      assert.equal(response.status, 503, path);
      assert.equal(response.headers.get("retry-after"), "1");
      assert.equal(response.headers.get("content-type"), "application/problem+json");
    }
    assert.equal((await server.get("/livez")).status, 200);
    await server.stop();
  });

  it("wait for the event of a token, or say that it took too long", async () => {
    const server = await plantedServer({ seenCount: 0 });
    const { logId } = server.store.eventLog;
    const path = (after: string, wait = "5s") =>
      `/v1/users/42/recommendations?limit=100&after=${after}&wait=${wait}`;
    const late = await server.get(path(writeToken(logId, 0), "20ms"));
    assert.equal(late.status, 503);
    assert.equal(late.headers.get("retry-after"), "1");
    assert.match((await late.json()).detail, /offset 0 was not applied within 20 ms/);
    const waiting = server.get(path(writeToken(logId, 0)));
    // As another process would: only the poll finds it.
    await server.store.eventLog.append([{ eventId: "e", userId: "42", itemId: "318", value: 1, timeMs: 0 }]);
    const answer = await (await waiting).json();
    assert.ok(!answer.items.some((item: { itemId: string }) => item.itemId === "318"));
    assert.equal(answer.appliedOffset, 1);
    assert.equal((await server.get(path(writeToken("f".repeat(32), 0)))).status, 400);
    assert.equal((await server.get(path("nonsense"))).status, 400);
    await server.stop();
  });
});
