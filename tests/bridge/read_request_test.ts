import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { readRequest } from "../../src/bridge/read_request.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("readRequest", () => {
  it("takes a user id as it stands", () => {
    for (const userId of ["42", " 42 ", "[1]", '"42"', "a/ü/🦊", "x".repeat(256)]) {
      assert.deepEqual(readRequest(bytes(userId)), {
        ok: true,
        request: { userId, key: bytes(userId), limit: 10, afterEvents: false },
      });
    }
  });

  it("takes JSON, and passes over what is not ours", () => {
    const json = { userId: "42", limit: 3, requestId: "r-1", afterEvents: true, shop: "north" };
    assert.deepEqual(readRequest(bytes(JSON.stringify(json))), {
      ok: true,
      request: { userId: "42", key: bytes("42"), limit: 3, requestId: "r-1", afterEvents: true },
    });
    assert.deepEqual(readRequest(bytes('{"userId":"42","limit":null,"requestId":null}')), {
      ok: true,
      request: { userId: "42", key: bytes("42"), limit: 10, afterEvents: false },
    });
  });

  it("says why it refuses, and what it accepts", () => {
    const refused: [Uint8Array | undefined, RegExp][] = [
      [undefined, /tombstone/],
      [new Uint8Array(0), /empty/],
      [new Uint8Array(65_537), /65537 bytes/],
      [Uint8Array.of(0xff, 0xfe), /not UTF-8/],
      [Uint8Array.of(0x34, 0x00), /control characters/],
      [bytes("x".repeat(257)), /too long/],
      [bytes("42\n"), /control characters/],
      [bytes('{"userId":'), /begins with "{" and is not JSON/],
      [bytes("{}"), /userId is missing/],
      [bytes('{"userId":42}'), /userId is 42, not text/],
      [bytes('{"userId":""}'), /userId is empty/],
      [bytes('{"userId":"\\ud800"}'), /half a character/],
      [bytes('{"userId":"1","limit":0}'), /limit is 0/],
      [bytes('{"userId":"1","limit":2.5}'), /limit is 2\.5/],
      [bytes('{"userId":"1","limit":1001}'), /limit is 1001/],
      [bytes('{"userId":"1","limit":"5"}'), /limit is "5"/],
      [bytes('{"userId":"1","requestId":7}'), /requestId is 7/],
      [bytes('{"userId":"1","afterEvents":"yes"}'), /afterEvents is "yes"/],
    ];
    for (const [value, why] of refused) {
      const read = readRequest(value);
      assert.ok(!read.ok, String(why));
      assert.match(read.problem, why);
      assert.match(read.problem, /a user id as text, or JSON .* is accepted$/);
    }
  });
});
