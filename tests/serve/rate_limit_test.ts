import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Problem } from "../../src/serve/problem.ts";
import { RateLimit } from "../../src/serve/rate_limit.ts";

function allowed(limit: RateLimit, caller: string, atMs: number): boolean {
  try {
    limit.take(caller, atMs);
    return true;
  } catch (error) {
    assert.ok(error instanceof Problem && error.kind === "too-many-requests");
    return false;
  }
}

describe("RateLimit", () => {
  it("lets a burst of twice the rate through, then the rate", () => {
    const limit = new RateLimit(5);
    const burst = Array.from({ length: 12 }, () => allowed(limit, "a", 0));
    assert.equal(burst.filter(Boolean).length, 10);
    let passed = 0;
    for (let ms = 10; ms <= 10_000; ms += 10) if (allowed(limit, "a", ms)) passed++;
    assert.ok(passed >= 49 && passed <= 50, `${passed} in ten seconds`);
  });

  it("keeps callers apart", () => {
    const limit = new RateLimit(0.5);
    assert.ok(allowed(limit, "a", 0));
    assert.ok(!allowed(limit, "a", 0));
    assert.ok(allowed(limit, "b", 0));
  });

  it("says in whole seconds when to come again", () => {
    const limit = new RateLimit(0.25);
    limit.take("a", 0);
    // One token a four seconds: the next is there 4 s after the first was taken, 3 s after the first second.
    assert.throws(
      () => limit.take("a", 1000),
      (error: Problem) => error.options.headers?.["retry-after"] === "3",
    );
  });

  it("forgets callers that are idle, not those that are over the limit", () => {
    const limit = new RateLimit(1);
    for (let i = 0; i < 3; i++) allowed(limit, "busy", 60_000);
    for (let i = 0; i < 9_999; i++) limit.take(`old ${i}`, 0);
    for (let i = 0; i < 100; i++) limit.take(`new ${i}`, 60_000);
    assert.ok(!allowed(limit, "busy", 60_000));
  });
});
