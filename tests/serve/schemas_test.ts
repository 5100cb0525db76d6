import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { z } from "@hono/zod-openapi";
import * as schemas from "../../src/serve/schemas.ts";

const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;

describe("parameters", () => {
  it("limit: a whole number from 1 to 1000, 10 if absent", () => {
    assert.equal(schemas.limit.parse(undefined), 10);
    assert.equal(schemas.limit.parse("1"), 1);
    assert.equal(schemas.limit.parse("1000"), 1000);
    for (const text of ["0", "1001", "-1", "1.5", "1e2", "", " 5", "x", "99999999999"]) {
      assert.ok(!accepts(schemas.limit, text), text);
    }
  });

  it("wait: milliseconds or seconds up to 30 s, 1 s if absent", () => {
    assert.equal(schemas.wait.parse(undefined), 1000);
    assert.equal(schemas.wait.parse("500ms"), 500);
    assert.equal(schemas.wait.parse("2s"), 2000);
    assert.equal(schemas.wait.parse("0ms"), 0);
    assert.equal(schemas.wait.parse("30s"), 30_000);
    for (const text of ["31s", "30001ms", "2", "2m", "-1s", "1.5s", ""]) {
      assert.ok(!accepts(schemas.wait, text), text);
    }
  });

  it("exclude: ids with commas between them, none if absent or empty", () => {
    assert.deepEqual(schemas.exclude.parse(undefined), []);
    assert.deepEqual(schemas.exclude.parse(""), []);
    assert.deepEqual(schemas.exclude.parse("a,b c,🍕"), ["a", "b c", "🍕"]);
    assert.ok(!accepts(schemas.exclude, "a,,b"));
    assert.ok(!accepts(schemas.exclude, "x".repeat(257)));
    assert.ok(!accepts(schemas.exclude, new Array(1001).fill("a").join(",")));
  });

  it("items: at least one", () => {
    assert.deepEqual(schemas.items.parse("a"), ["a"]);
    assert.ok(!accepts(schemas.items, ""));
    assert.ok(!accepts(schemas.items, undefined));
  });

  it("strict: true or false, false if absent", () => {
    assert.deepEqual(["true", "false", undefined].map((text) => schemas.strict.parse(text)), [
      true,
      false,
      false,
    ]);
    assert.ok(!accepts(schemas.strict, "1"));
  });

  it("ids: 1 to 256 characters", () => {
    assert.ok(accepts(schemas.userId, "x".repeat(256)));
    for (const id of ["", "x".repeat(257), 5, null]) assert.ok(!accepts(schemas.userId, id));
  });
});

describe("bodies", () => {
  it("of a batch: 1 to 100 requests, nothing that is not known", () => {
    const of = (count: number) => ({ requests: new Array(count).fill({ userId: "a" }) });
    assert.ok(accepts(schemas.batchRequest, of(1)) && accepts(schemas.batchRequest, of(100)));
    assert.ok(!accepts(schemas.batchRequest, of(0)) && !accepts(schemas.batchRequest, of(101)));
    assert.ok(!accepts(schemas.batchRequest, { requests: [{ userId: "a", n: 5 }] }));
    assert.deepEqual(schemas.batchRequest.parse(of(1)), {
      requests: [{ userId: "a", limit: 10, exclude: [] }],
    });
  });

  it("of a session: ids, or ids with values", () => {
    assert.deepEqual(schemas.sessionRequest.parse({ items: ["a", { itemId: "b", value: 2 }] }), {
      items: [{ itemId: "a", value: undefined }, { itemId: "b", value: 2 }],
      limit: 10,
      exclude: [],
    });
    for (const items of [[], [5], [{ itemId: "a", rating: 5 }], [{ itemId: "a", value: "5" }]]) {
      assert.ok(!accepts(schemas.sessionRequest, { items }), JSON.stringify(items));
    }
  });
});
