import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { systemClock } from "../../src/adapters/deno/system_clock.ts";
import { Guard, type GuardOptions } from "../../src/serve/guard.ts";
import { Keys } from "../../src/serve/keys.ts";
import { Problem } from "../../src/serve/problem.ts";
import { RateLimit } from "../../src/serve/rate_limit.ts";

function guard(options: Partial<GuardOptions> = {}): Guard {
  return new Guard({
    clock: { ...systemClock, monotonicMs: () => 0 },
    keys: new Keys(),
    clientOf: (platform) => String(platform),
    loopbackOnly: false,
    ...options,
  });
}

async function statusOf(
  guard: Guard,
  request: Request,
  scope: "read" | "write" | "admin" | "open" = "read",
  platform: unknown = "1.2.3.4",
): Promise<number> {
  try {
    await guard.admit(request, platform, scope === "open" ? undefined : scope);
    return 200;
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.status;
  }
}

describe("Guard", () => {
  it("of a server without keys lets only loopback names in", async () => {
    const loopback = guard({ loopbackOnly: true });
    for (
      const host of [
        "localhost",
        "localhost:8080",
        "127.0.0.1:1",
        "127.9.9.9",
        "[::1]:8080",
        "foz.localhost:80",
      ]
    ) {
      assert.equal(await statusOf(loopback, new Request(`http://${host}/livez`)), 200, host);
    }
    for (
      const host of [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8080",
        "128.0.0.1",
        "[::2]",
      ]
    ) {
      assert.equal(await statusOf(loopback, new Request(`http://${host}/livez`)), 403, host);
    }
    // A good origin that is remembered must not open the door for names that begin like it.
    assert.equal(await statusOf(loopback, new Request("http://localhost/")), 200);
    assert.equal(await statusOf(loopback, new Request("http://localhost.evil.example/")), 403);
  });

  it("lets every host name in where there are keys to protect the server", async () => {
    assert.equal(await statusOf(guard(), new Request("http://shop.example/")), 200);
  });

  it("of a server without keys takes no changes from pages of other sites", async () => {
    const open = guard();
    for (
      const [site, expected] of [["cross-site", 403], ["same-site", 403], ["same-origin", 200], [
        "none",
        200,
      ]] as const
    ) {
      const headers = { "sec-fetch-site": site };
      assert.equal(
        await statusOf(open, new Request("http://h/", { method: "POST", headers }), "write"),
        expected,
        site,
      );
      assert.equal(await statusOf(open, new Request("http://h/", { headers })), 200, site);
    }
  });

  it("asks for a key where there are some, but not for open routes", async () => {
    const hash = createHash("sha256").update("k").digest("hex");
    const locked = guard({ keys: Keys.parse(`read:${hash}`) });
    assert.equal(await statusOf(locked, new Request("http://h/"), "open"), 200);
    assert.equal(await statusOf(locked, new Request("http://h/")), 401);
    const headers = { "x-api-key": "k" };
    assert.equal(await statusOf(locked, new Request("http://h/", { headers })), 200);
    assert.equal(await statusOf(locked, new Request("http://h/", { headers }), "admin"), 403);
  });

  it("counts by client, or by key where there are keys", async () => {
    const byClient = guard({ rateLimit: new RateLimit(0.5) });
    const request = () => new Request("http://h/");
    assert.equal(await statusOf(byClient, request(), "read", "a"), 200);
    assert.equal(await statusOf(byClient, request(), "read", "a"), 429);
    assert.equal(await statusOf(byClient, request(), "read", "b"), 200);
    assert.equal(await statusOf(byClient, request(), "open", "a"), 200, "health checks are not counted");
    const hash = createHash("sha256").update("k").digest("hex");
    const byKey = guard({ keys: Keys.parse(`read:${hash}`), rateLimit: new RateLimit(0.5) });
    const keyed = () => new Request("http://h/", { headers: { "x-api-key": "k" } });
    assert.equal(await statusOf(byKey, keyed(), "read", "a"), 200);
    assert.equal(await statusOf(byKey, keyed(), "read", "b"), 429);
  });
});
