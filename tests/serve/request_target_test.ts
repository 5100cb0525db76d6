import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Problem } from "../../src/serve/problem.ts";
import { pathOf, readParams, readQuery } from "../../src/serve/request_target.ts";

function statusOf(read: () => unknown): number {
  try {
    read();
    return 200;
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.status;
  }
}

describe("pathOf", () => {
  it("gives the path as it was sent", () => {
    assert.equal(pathOf("http://a:1/v1/x%2Fy?q=/"), "/v1/x%2Fy");
    assert.equal(pathOf("http://a"), "/");
    assert.equal(pathOf("https://a/"), "/");
  });
});

describe("readParams", () => {
  const pattern = "/v1/users/{userId}/events/{eventId}";
  it("decodes each part once", () => {
    const url = "http://h/v1/users/a%2Fb%20c/events/100%25%32%35?x=1";
    assert.deepEqual(readParams(url, pattern), { userId: "a/b c", eventId: "100%25" });
  });

  it("takes a plus sign as it is", () => {
    assert.equal(readParams("http://h/v1/users/a+b/events/x", pattern).userId, "a+b");
  });

  it("refuses what is no percent-encoded UTF-8", () => {
    for (const id of ["%", "%zz", "%E0%A4%A", "%FF", "%C0%80"]) {
      assert.equal(statusOf(() => readParams(`http://h/v1/users/${id}/events/x`, pattern)), 400, id);
    }
  });
});

describe("readQuery", () => {
  it("decodes names and values, with + as a space", () => {
    assert.deepEqual({ ...readQuery("http://h/?a=1&b=x%2By+z&&c&d=%F0%9F%8D%95=") }, {
      a: "1",
      b: "x+y z",
      c: "",
      d: "🍕=",
    });
    assert.deepEqual(readQuery("http://h/p"), {});
  });

  it("refuses what cannot be decoded, and a name that comes twice", () => {
    assert.equal(statusOf(() => readQuery("http://h/?a=%E0%A4%A")), 400);
    assert.equal(statusOf(() => readQuery("http://h/?%=1")), 400);
    assert.equal(statusOf(() => readQuery("http://h/?a=1&%61=2")), 422);
  });
});
