import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { Guard } from "../../src/serve/guard.ts";
import { Keys } from "../../src/serve/keys.ts";
import { Problem } from "../../src/serve/problem.ts";
import { RouteSet } from "../../src/serve/route_set.ts";

const errors: unknown[] = [];

function routeSet(): RouteSet {
  const guard = new Guard({ clock: systemClock, keys: new Keys(), clientOf: () => "", loopbackOnly: false });
  const routes = new RouteSet({
    clock: systemClock,
    metrics: new MemoryMetrics(),
    guard,
    onError: (error, route) => errors.push([route, error]),
  });
  const common = { summary: "", tag: "operation", answers: {}, problems: [] } as const;
  routes.add({
    ...common,
    method: "get",
    path: "/things/{thing}/parts/{part}",
    params: z.object({ thing: z.string().max(5), part: z.string() }),
    query: z.strictObject({ n: z.string().transform(Number).optional() }),
  }, ({ params, query }) => Response.json({ params, query }));
  routes.add({
    ...common,
    method: "post",
    path: "/things",
    body: { schema: z.object({ n: z.number() }), examples: {} },
  }, async ({ body }) => Response.json({ twice: 2 * body.n }));
  routes.add({
    ...common,
    method: "delete",
    path: "/things",
    body: { schema: z.object({}), optional: true, examples: {} },
  }, ({ body }) => Response.json({ body: body ?? null }));
  const failures: Record<string, () => Response | Promise<Response>> = {
    problem: () => {
      throw new Problem("unknown-item", "no such item");
    },
    outside: () => Promise.reject(new OutsideFailure("disk /secret/path is full")),
    bug: () => {
      throw new TypeError("x is undefined at /secret/path");
    },
  };
  routes.add(
    { ...common, method: "get", path: "/fail/{how}", params: z.object({ how: z.string() }) },
    ({ params }) => failures[params.how](),
  );
  routes.add({ ...common, method: "post", path: "/v1/lists:batch" }, () => new Response("batch"));
  routes.add(
    { ...common, method: "get", path: "/fast/{id}", params: z.object({ id: z.string() }) },
    () => new Response("slow"),
    (target) => target === "/fast/1" ? () => new Response("fast") : undefined,
  );
  return routes;
}

const routes = routeSet();
const call = async (method: string, path: string, body?: string) =>
  await routes.fetch(
    new Request(`http://h${path}`, {
      method,
      body,
      headers: body === undefined ? {} : { "content-type": "application/json" },
    }),
    {},
  );

describe("RouteSet", () => {
  it("reads parameters, percent-encoded slashes and all", async () => {
    assert.deepEqual(await (await call("GET", "/things/a%2Fb/parts/%F0%9F%8D%95?n=4")).json(), {
      params: { thing: "a/b", part: "🍕" },
      query: { n: 4 },
    });
    assert.equal((await call("GET", "/things/toolong/parts/x")).status, 422);
    assert.equal((await call("GET", "/things/a/parts/x?m=4")).status, 422);
    assert.equal((await call("GET", "/things/%zz/parts/x")).status, 400);
  });

  it("reads bodies", async () => {
    assert.deepEqual(await (await call("POST", "/things", '{"n":4}')).json(), { twice: 8 });
    assert.equal((await call("POST", "/things", '{"n":"4"}')).status, 422);
    assert.equal((await call("POST", "/things")).status, 422);
    assert.deepEqual(await (await call("DELETE", "/things")).json(), { body: null });
    assert.deepEqual(await (await call("DELETE", "/things", "{}")).json(), { body: {} });
  });

  it("answers HEAD where it answers GET, without a body", async () => {
    const response = await call("HEAD", "/things/a/parts/b");
    assert.equal(response.status, 200);
    assert.equal(await response.text(), "");
  });

  it("says 404 for unknown paths and 405 for known ones, with what is allowed", async () => {
    const unknown = await call("GET", "/nothing/here");
    assert.equal(unknown.status, 404);
    assert.equal((await unknown.json()).instance, "/nothing/here");
    for (const method of ["PUT", "PATCH", "GET"]) {
      const response = await call(method, "/things");
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get("allow"), "POST, DELETE");
    }
    assert.equal((await call("POST", "/fail/x")).headers.get("allow"), "GET, HEAD");
    const options = await call("OPTIONS", "/things");
    assert.equal(options.status, 204);
    assert.equal(options.headers.get("allow"), "POST, DELETE");
  });

  it("does not take a colon in a path for a parameter", async () => {
    assert.equal(await (await call("POST", "/v1/lists:batch")).text(), "batch");
    assert.equal((await call("POST", "/v1/listsXbatch")).status, 404);
  });

  it("turns problems into answers, and hides the inside of other errors", async () => {
    assert.equal((await call("GET", "/fail/problem")).status, 404);
    errors.length = 0;
    for (const [how, status] of [["outside", 503], ["bug", 500]] as const) {
      const response = await call("GET", `/fail/${how}`);
      assert.equal(response.status, status);
      const text = await response.text();
      assert.ok(!text.includes("secret"), text);
    }
    assert.deepEqual(errors.map((error) => (error as [string])[0]), ["/fail/{how}", "/fail/{how}"]);
  });

  it("asks the fast handler first", async () => {
    assert.equal(await (await call("GET", "/fast/1")).text(), "fast");
    assert.equal(await (await call("GET", "/fast/1?x")).text(), "slow");
    assert.equal(await (await call("GET", "/fast/2")).text(), "slow");
    assert.equal((await call("POST", "/fast/1")).status, 405);
  });
});
