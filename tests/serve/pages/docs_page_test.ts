import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { docsPage } from "../../../src/serve/pages/docs_page.ts";
import { plantedServer } from "../planted_server.ts";
import { scriptOf, withoutForeignAddresses } from "./page.ts";

describe("the page of the interface", () => {
  it("is whole in itself, and its script is one", () => {
    withoutForeignAddresses(docsPage);
    assert.doesNotThrow(() => new Function(`return async () => {${scriptOf(docsPage)}}`));
  });

  it("is there, and so is what it reads", async () => {
    const server = await plantedServer();
    assert.equal(await (await server.get("/docs")).text(), docsPage);
    const { info, tags, paths } = await (await server.get("/openapi.json")).json();
    assert.ok(info.description.length > 0 && tags.length > 0 && Object.keys(paths).length > 0);
    await server.stop();
  });
});
