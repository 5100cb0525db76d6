import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { visitDashboard } from "../visit_dashboard.ts";

const LESSONS = { observations: [{ features: { a: 1 }, target: 2 }, { features: { a: 2 }, target: 4 }] };

describe("the dashboard's online models", () => {
  it("say how one is made, by a request that makes one", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await until("the hint", () => !$("noModels").hidden);
    assert.equal($("modelsTable").hidden, true);
    const [, method, path, body] = /-X (\w+) http:\/\/localhost(\S+) .* -d '(.*)'$/.exec(
      $("makeModel").textContent,
    )!;
    assert.equal((await server.send(method, path, JSON.parse(body))).status, 201);
    await until("the model", () => $("models").children.length === 1);
    assert.equal($("noModels").hidden, true);
    await leave();
  });

  it("stand there with what they learned and a curve, as long as they exist", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await server.send("PUT", "/v1/models/m", { model: "scale | linear", detectors: ["adwin"] });
    await until("the model", () => $("models").children.length === 1);
    const [row] = $("models").all("tr");
    assert.match(row.textContent, /^mscale \| linear0regression, nothing measured yetnone$/);
    await server.send("POST", "/v1/models/m/predict", { id: "later", features: { a: 3 } });
    await server.send("POST", "/v1/models/m/learn", LESSONS);
    await until("what it learned", () => row.all("td")[0].textContent === "2 (1 wait for targets)");
    await until("a curve", () => row.all("path").length === 1);
    const { metrics } = await (await server.get("/v1/models/m")).json();
    // Weights begin at 0, so the first error is |2 - 0|, of two.
    assert.ok(metrics.mae >= 1);
    assert.match(
      row.all("svg")[0].getAttribute("aria-label")!,
      new RegExp(`^mae of m: +${metrics.mae.toFixed(4)};`),
    );

    await server.send("PUT", "/v1/models/other", { model: "linear" });
    await until("the other", () => $("models").children.length === 2);
    assert.equal($("models").children[0], row);
    assert.match($("models").all("tr")[1].textContent, /not watched$/);
    await server.send("DELETE", "/v1/models/m");
    await until("it is gone", () => $("models").children.length === 1 && $("models").children[0] !== row);
    await leave();
  });

  it("begin anew where one was deleted and made again between two looks", async () => {
    const { $, server, until, leave } = await visitDashboard();
    await server.send("PUT", "/v1/models/m", { model: "linear" });
    await until("the model", () => $("models").children.length === 1);
    const [row] = $("models").all("tr");
    await new Promise((resolve) => setTimeout(resolve, 2));
    await server.models.remove("m");
    await server.send("PUT", "/v1/models/m", { model: "scale | linear" });
    await until("another row", () => $("models").children[0] !== row && $("models").children.length === 1);
    await leave();
  });

  it("are not spoken of where the server has none to offer", async () => {
    const { $, until, leave } = await visitDashboard({ app: { models: undefined } });
    await until("no section", () => $("modelsSection").hidden);
    assert.equal($("modelsProblem").hidden, true);
    await leave();
  });

  it("say where they are when another process holds them", async () => {
    const { $, until, leave, replace } = await visitDashboard();
    const detail = "the models are held by another process";
    replace(({ url }) => url.endsWith("/v1/models") ? Response.json({ detail }, { status: 503 }) : undefined);
    await until("the words", () => $("modelsProblem").textContent === detail);
    await leave();
  });

  it("are not shown by hundreds", async () => {
    const { $, until, leave, replace } = await visitDashboard();
    const model = {
      ...{
        task: "regression",
        createdAt: "",
        learned: 0,
        predicted: 0,
        open: 0,
        givenUp: 0,
        metrics: {},
        drifts: [],
      },
      settings: { model: "linear", detectors: [] },
    };
    const models = Array.from({ length: 200 }, (_, i) => ({ ...model, name: `m${i}` }));
    replace(({ url }) => url.endsWith("/v1/models") ? Response.json({ models }) : undefined);
    await until("some", () => $("models").children.length > 0);
    const shown = $("models").children.length;
    assert.equal($("moreModels").textContent, `and ${200 - shown} more at /v1/models`);
    assert.ok(shown <= 24);
    await leave();
  });
});
