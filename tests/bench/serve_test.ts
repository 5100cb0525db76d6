import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { load } from "./http_load.ts";
import { benchServe } from "./serve.ts";

describe("the load", () => {
  it("asks as often as it says, for users in range, over the sockets it was told", async () => {
    const users: number[] = [], sockets = new Set<number>();
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request, info) => {
      users.push(Number(/^\/v1\/users\/(\d+)\/recommendations$/.exec(new URL(request.url).pathname)![1]));
      sockets.add(info.remoteAddr.port);
      // Longer than one read of a socket gives, and with what looks like the end of a header in it.
      return new Response("\r\n\r\n".repeat(50_000));
    });
    const result = await load(server.addr.port, 4, 50, 30, 1);
    await server.shutdown();
    assert.equal(users.length, 50);
    assert.equal(sockets.size, 4);
    assert.ok(users.every((user) => user >= 1 && user <= 30));
    assert.ok(new Set(users).size > 15, "users are scattered");
    assert.equal(result.answers, 50);
    assert.ok(result.seconds > 0 && result.p50Ms <= result.p99Ms && result.p99Ms <= result.maxMs);
  });

  it("fails on an answer that is no 200", async () => {
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      () => new Response("x", { status: 503 }),
    );
    await assert.rejects(load(server.addr.port, 1, 5, 5, 1), /unexpected answer: HTTP\/1\.1 503/);
    await server.shutdown();
  });
});

describe("bench:serve", () => {
  it("imports, trains, serves and measures on tiny input", async () => {
    const { figures, hash } = await benchServe({ tiny: true, threads: 1, dataFolder: "/nowhere" });
    assert.deepEqual(figures.map(({ unit }) => unit), ["per s", "ms", "ms", "ms"]);
    assert.ok(figures.every(({ value }) => value.median > 0));
    assert.match(hash, /^[0-9a-f]{64}$/);
  });
});
