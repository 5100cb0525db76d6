import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { z } from "@hono/zod-openapi";
import { checked, type Endpoint, operationIdOf, routeConfigOf } from "../../src/serve/endpoint.ts";
import { Problem } from "../../src/serve/problem.ts";

const ENDPOINT: Endpoint = {
  method: "post",
  path: "/v1/things/{thing}:do",
  summary: "Does it",
  tag: "operation",
  scope: "admin",
  params: z.object({ thing: z.string() }),
  body: { schema: z.object({ n: z.number() }), examples: { one: { n: 1 } } },
  answers: { 200: { description: "Done", schema: z.object({ ok: z.boolean() }), example: { ok: true } } },
  problems: ["malformed-request", "foreign-token", "not-found"],
};

function problemOf(check: () => unknown): Problem {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error;
  }
  throw new Error("nothing was refused");
}

describe("operationIdOf", () => {
  it("is the method and the words of the path", () => {
    assert.equal(operationIdOf(ENDPOINT), "postThingsDo");
    const list = { ...ENDPOINT, method: "get", path: "/v1/users/{userId}/recommendations" } as const;
    assert.equal(operationIdOf(list), "getUsersRecommendations");
  });
});

describe("routeConfigOf", () => {
  const { responses, request, security } = routeConfigOf(ENDPOINT);

  it("documents the problems, those of keys and of limits too", () => {
    assert.deepEqual(Object.keys(responses).sort(), ["200", "400", "401", "403", "404", "429"]);
  });

  it("joins problems of the same status", () => {
    const { description } = responses[400] as { description: string };
    assert.match(description, /cannot be read; .*another log/);
  });

  it("has the body's examples and the kinds of keys", () => {
    const content = request!.body!.content["application/json"] as { examples: unknown };
    assert.deepEqual(content.examples, { one: { value: { n: 1 } } });
    assert.equal(request!.body!.required, true);
    assert.deepEqual(security, [{ bearer: [] }, { apiKey: [] }]);
  });
});

describe("checked", () => {
  const schema = z.strictObject({ "a/b": z.array(z.object({ n: z.number() })), name: z.string().optional() });

  it("gives the value as the schema makes it", () => {
    assert.deepEqual(checked(z.object({ n: z.string().transform(Number) }), { n: "4" }, "parameter"), {
      n: 4,
    });
  });

  it("points to each field of a body, with the value that was given", () => {
    const { status, options, message } = problemOf(() =>
      checked(schema, { "a/b": [{ n: 1 }, { n: "x" }], extra: 1 }, "body")
    );
    assert.equal(status, 422);
    assert.deepEqual(options.errors!.map((error) => error.pointer), ["#/a~1b/1/n", "#"]);
    assert.match(options.errors![0].detail, /"x" was given/);
    assert.match(options.errors![1].detail, /"extra" is not known/);
    assert.match(message, /and 1 more/);
  });

  it("names the parameter, and those that are known where one is not", () => {
    const missing = problemOf(() => checked(schema, {}, "parameter"));
    assert.equal(missing.options.errors![0].parameter, "a/b");
    assert.match(missing.message, /missing/);
    const unknown = problemOf(() => checked(schema, { "a/b": [], nam: "x" }, "parameter"));
    assert.equal(unknown.options.errors![0].parameter, "nam");
    assert.match(unknown.message, /accepted are a\/b, name/);
  });

  it("shortens long values without halving a character", () => {
    const { message } = problemOf(() =>
      checked(z.object({ n: z.number() }), { n: "🍕".repeat(500) }, "body")
    );
    assert.ok(message.length < 200 && message.isWellFormed());
  });
});
