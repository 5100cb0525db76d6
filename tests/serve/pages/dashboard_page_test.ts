import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { dashboardPage } from "../../../src/serve/pages/dashboard_page.ts";
import { plantedServer } from "../planted_server.ts";
import { scriptOf, withoutForeignAddresses } from "./page.ts";

describe("the dashboard", () => {
  it("is whole in itself, and its script is one", () => {
    withoutForeignAddresses(dashboardPage);
    assert.doesNotThrow(() => new Function(`return async () => {${scriptOf(dashboardPage)}}`));
  });

  it("has an element for every id that its script uses", () => {
    const script = scriptOf(dashboardPage);
    const used = [...script.matchAll(/\$\("(\w+)"\)/g)].map((match) => match[1]);
    const computed = ["event", "request"].flatMap((what) => [`${what}Rate`, `${what}Curve`]);
    const sections = [...script.matchAll(/\b(?:act|report|every)\((?:\d+, )?"(\w+)"/g)].map((match) =>
      match[1]
    );
    assert.deepEqual(new Set(sections), new Set(["state", "quality", "user", "generations", "models"]));
    computed.push(...sections.map((section) => `${section}Problem`));
    assert.ok(used.length > 10);
    for (const id of [...used, ...computed]) assert.ok(dashboardPage.includes(`id="${id}"`), id);
  });

  it("asks only for what the server has", async () => {
    const server = await plantedServer();
    const script = scriptOf(dashboardPage);
    for (
      const path of ["/readyz", "/metrics", "/v1/generations", "/v1/users/", "/v1/items/", "/v1/events"]
        .concat(["/v1/stream", "/v1/models", "/v1/jobs/", "/v1/jobs/train"])
    ) {
      assert.ok(script.includes(`"${path}`), path);
    }
    const response = await server.get("/");
    assert.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
    assert.match(response.headers.get("content-security-policy")!, /default-src 'none'.*connect-src 'self'/);
    assert.equal(await response.text(), dashboardPage);
    await server.stop();
  });

  it("keeps nothing in the browser", () => {
    assert.doesNotMatch(scriptOf(dashboardPage), /sessionStorage|localStorage|cookie|indexedDB/i);
  });

  it("finds the server's numbers in its metrics", async () => {
    const server = await plantedServer();
    for (let i = 0; i < 3; i++) await server.get("/v1/users/42/recommendations");
    await server.get("/v1/items/popular");
    await server.get("/livez");
    const source = /text\.matchAll\((\/.*\/gm)\)/.exec(scriptOf(dashboardPage))![1];
    const pattern = new RegExp(source.slice(1, source.lastIndexOf("/")), "gm");
    const text = await (await server.get("/metrics")).text();
    const total = [...text.matchAll(pattern)].reduce((sum, match) => sum + Number(match[1]), 0);
    assert.equal(total, 4);
    await server.stop();
  });
});
