import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ITEM_IDS, plantedServer, USER_IDS } from "../planted_server.ts";

describe("/readyz", () => {
  it("says which state answers and how far it is behind", async () => {
    const server = await plantedServer();
    await server.send("POST", "/v1/events", { userId: "42", itemId: "661" });
    const response = await server.get("/readyz");
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("cache-control"), "no-store");
    assert.deepEqual(await response.json(), {
      status: "ready",
      generation: "g000001",
      appliedOffset: 1,
      logEnd: 1,
      lagEvents: 0,
      lagMs: 0,
      users: USER_IDS.length,
      items: ITEM_IDS.length,
      warnings: [],
    });
    await server.stop();
  });

  it("is 503 with reasons before there is a model", async () => {
    const server = await plantedServer({ planted: false });
    const { token } = await (await server.send("POST", "/v1/events", { userId: "42", itemId: "661" })).json();
    assert.ok(token, "events are accepted all the same");
    await server.model.catchUp();
    const response = await server.get("/readyz");
    assert.equal(response.status, 503);
    const { reasons, logEnd } = await response.json();
    assert.deepEqual([reasons, logEnd], [["no generation is active"], 1]);
    await server.stop();
  });
});

describe("/livez", () => {
  it("is alive without a model", async () => {
    const server = await plantedServer({ planted: false });
    assert.deepEqual(await (await server.get("/livez")).json(), { status: "alive" });
    await server.stop();
  });
});

describe("/metrics", () => {
  it("is in the format of Prometheus", async () => {
    const server = await plantedServer();
    await server.get("/v1/users/42/recommendations");
    const response = await server.get("/metrics");
    assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    for (const line of text.trim().split("\n")) {
      assert.match(line, /^(# TYPE \w+ (counter|gauge|histogram)|\w+(\{.*\})? \S+)$/);
    }
    assert.match(text, /^foz_model_users 9$/m);
    assert.match(text, /^foz_http_requests_total\{.*recommendations.*\} 1$/m);
    await server.stop();
  });
});
