import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Keys } from "../../src/serve/keys.ts";
import { plantedServer } from "./planted_server.ts";

const hash = (key: string) => createHash("sha256").update(key).digest("hex");

describe("createApp", () => {
  it("asks for the scope that each route needs", async () => {
    const keys = Keys.parse(`read:${hash("r")},write:${hash("w")},admin:${hash("a")}`);
    const server = await plantedServer({ app: { keys } });
    const event = { userId: "42", itemId: "661" };
    const expected: [string, string, unknown, string, string][] = [
      ["GET", "/v1/users/42/recommendations", undefined, "r", "w"],
      ["POST", "/v1/recommendations:batch", { requests: [{ userId: "1" }] }, "r", "w"],
      ["POST", "/v1/sessions/recommendations", { items: ["661"] }, "r", "w"],
      ["GET", "/v1/users/42/predictions?items=661", undefined, "r", "w"],
      ["POST", "/v1/users/42/rank", { items: ["661"] }, "r", "w"],
      ["GET", "/v1/items/661/similar", undefined, "r", "w"],
      ["GET", "/v1/items/popular", undefined, "r", "w"],
      ["GET", "/v1/users/42/events", undefined, "r", "w"],
      ["POST", "/v1/events", event, "w", "r"],
      ["GET", "/v1/generations", undefined, "r", "w"],
      ["POST", "/v1/generations/g000001/activate", undefined, "a", "r"],
      ["POST", "/v1/jobs/train", undefined, "a", "w"],
      ["GET", "/v1/jobs/none", undefined, "r", "w"],
      ["DELETE", "/v1/jobs/none", undefined, "a", "r"],
      ["GET", "/metrics", undefined, "r", "w"],
    ];
    for (const [method, path, body, good, bad] of expected) {
      const statusWith = async (key?: string) =>
        (await server.send(method, path, body, key === undefined ? {} : { authorization: `Bearer ${key}` }))
          .status;
      assert.equal(await statusWith(), 401, path);
      assert.equal(await statusWith("stranger"), 401, path);
      assert.equal(await statusWith(bad), 403, `${path} with ${bad}`);
      assert.ok(![401, 403].includes(await statusWith(good)), `${path} with ${good}`);
      assert.ok(![401, 403].includes(await statusWith("a")), `${path} with an admin key`);
    }
    for (const path of ["/livez", "/readyz", "/openapi.json", "/docs", "/"]) {
      assert.equal((await server.get(path)).status, 200, `${path} is open`);
    }
    await server.stop();
  });

  it("limits each client by its address", async () => {
    const clientOf = (platform: unknown) => (platform as { address?: string }).address ?? "none";
    const server = await plantedServer({ app: { requestsPerSecond: 1, clientOf } });
    const ask = async (address: string) =>
      (await server.app.fetch(new Request("http://localhost/v1/items/popular"), { address })).status;
    assert.deepEqual([await ask("a"), await ask("a"), await ask("a"), await ask("b")], [200, 200, 429, 200]);
    const refused = await server.app.fetch(new Request("http://localhost/v1/items/popular"), {
      address: "a",
    });
    assert.equal(refused.headers.get("retry-after"), "1");
    await server.stop();
  });

  it("without the writing parts has read routes only", async () => {
    const server = await plantedServer({ app: { writing: undefined } });
    assert.equal((await server.get("/v1/users/42/recommendations")).status, 200);
    for (
      const [method, path] of [
        ["POST", "/v1/events"],
        ["GET", "/v1/generations"],
        ["POST", "/v1/jobs/train"],
        ["GET", "/"],
      ]
    ) {
      assert.equal((await server.send(method, path)).status, 404, path);
    }
    const { paths } = await (await server.get("/openapi.json")).json();
    assert.ok(!("/v1/events" in paths) && "/v1/items/popular" in paths);
    await server.stop();
  });

  it("changes nothing on GET and HEAD", async () => {
    const server = await plantedServer();
    const { paths } = await (await server.get("/openapi.json")).json();
    const before = [await server.store.eventLog.end(), await server.store.generations.active()];
    for (const path of Object.keys(paths)) {
      for (const method of ["GET", "HEAD"]) await server.send(method, path.replaceAll(/\{\w+\}/g, "42"));
    }
    assert.deepEqual([await server.store.eventLog.end(), await server.store.generations.active()], before);
    assert.equal(server.model.current!.recommender.addedCount("42"), 0);
    await server.stop();
  });
});
