import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { BadInput } from "../../src/domain/failure.ts";
import { Keys } from "../../src/serve/keys.ts";
import { Problem } from "../../src/serve/problem.ts";

const hash = (key: string) => createHash("sha256").update(key).digest("hex");
const bearer = (key: string) => new Headers({ authorization: `Bearer ${key}` });

async function statusOf(keys: Keys, headers: Headers, scope: "read" | "write" | "admin"): Promise<number> {
  try {
    await keys.authorize(headers, scope);
    return 200;
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.status;
  }
}

describe("Keys", () => {
  const keys = Keys.parse(
    [
      `read:${hash("reader")}`,
      `write:${hash("writer")}`,
      `admin:${hash("boss")}`,
      `read:${hash("both")}`,
      `write:${hash("both")}`,
    ]
      .join(","),
  );

  it("lets each key do what its scopes say, and no more", async () => {
    const expected: Record<string, [number, number, number]> = {
      reader: [200, 403, 403],
      writer: [403, 200, 403],
      boss: [200, 200, 200],
      both: [200, 200, 403],
      stranger: [401, 401, 401],
    };
    for (const [key, [read, write, admin]] of Object.entries(expected)) {
      assert.equal(await statusOf(keys, bearer(key), "read"), read, `${key} read`);
      assert.equal(await statusOf(keys, bearer(key), "write"), write, `${key} write`);
      assert.equal(await statusOf(keys, bearer(key), "admin"), admin, `${key} admin`);
    }
  });

  it("takes the key from X-API-Key too, and asks for one when there is none", async () => {
    assert.equal(await statusOf(keys, new Headers({ "x-api-key": "reader" }), "read"), 200);
    assert.equal(await statusOf(keys, new Headers(), "read"), 401);
    assert.equal(await statusOf(keys, new Headers({ authorization: "Basic reader" }), "read"), 401);
    await assert.rejects(
      keys.authorize(new Headers(), "read"),
      (error: Problem) => error.options.headers?.["www-authenticate"] === 'Bearer realm="foz"',
    );
  });

  it("does not take the hash for the key", async () => {
    assert.equal(await statusOf(keys, bearer(hash("boss")), "read"), 401);
  });

  it("needs none when none is configured", () => {
    assert.equal(Keys.parse("").required, false);
    assert.equal(keys.required, true);
  });

  it("refuses what it cannot read without repeating it", () => {
    for (const text of ["reader", "read:secret", `root:${hash("x")}`, `read:${hash("x").toUpperCase()}`]) {
      assert.throws(() => Keys.parse(text), (error: unknown) => {
        assert.ok(error instanceof BadInput);
        assert.ok(!error.message.includes(text.split(":").at(-1)!), error.message);
        return true;
      });
    }
  });

  it("names callers by their place, not by their key", async () => {
    const caller = await keys.authorize(bearer("writer"), "write");
    assert.equal(caller.name, "key 1");
  });
});
