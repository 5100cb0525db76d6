import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Problem, PROBLEMS } from "../../src/serve/problem.ts";

describe("Problem", () => {
  it("answers as RFC 9457 says: the type, the status twice, and what is special about it", async () => {
    const problem = new Problem("invalid-event", "userId is missing", {
      errors: [{ pointer: "#/userId", detail: "is missing" }],
      members: { reason: "missingField" },
      headers: { "x-extra": "1" },
    });
    const response = problem.response("/v1/events");
    assert.equal(response.status, 422);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.equal(response.headers.get("x-extra"), "1");
    assert.deepEqual(await response.json(), {
      type: "urn:foz:problem:invalid-event",
      title: "The event is not acceptable",
      status: 422,
      detail: "userId is missing",
      instance: "/v1/events",
      errors: [{ pointer: "#/userId", detail: "is missing" }],
      reason: "missingField",
    });
  });

  it("has no instance where it is one of several results", () => {
    assert.ok(!("instance" in new Problem("unknown-user", "u").body()));
  });

  it("knows only statuses of errors, and a sentence for each kind", () => {
    for (const [kind, [status, title]] of Object.entries(PROBLEMS)) {
      assert.ok(status >= 400 && status < 600, kind);
      assert.ok(title.length > 5, kind);
    }
  });
});
