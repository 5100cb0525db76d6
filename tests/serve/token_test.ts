import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Problem, type ProblemKind } from "../../src/serve/problem.ts";
import { readCursor, readToken, writeCursor, writeToken } from "../../src/serve/token.ts";

const LOG = "0123456789abcdef0123456789abcdef";

function refusedAs(kind: ProblemKind) {
  return (error: unknown) => error instanceof Problem && error.kind === kind;
}

describe("tokens", () => {
  it("are base64url of 1, the log's id, and the offset, big-endian", () => {
    const bytes = Buffer.from(`01${LOG}0000000f4311`, "hex");
    assert.equal(writeToken(LOG, 0x0f4311), bytes.toString("base64url"));
  });

  it("give back offsets up to 2^48", () => {
    for (const offset of [0, 1, 255, 256, 1_000_209, 2 ** 32, 2 ** 40 + 7, 2 ** 48 - 1]) {
      assert.equal(readToken(writeToken(LOG, offset), LOG), offset);
    }
  });

  it("of another log are refused, and named so", () => {
    const other = "f".repeat(32);
    assert.throws(() => readToken(writeToken(other, 1), LOG), refusedAs("foreign-token"));
  });

  it("that are none are refused", () => {
    const ofVersion2 = Buffer.from(`02${LOG}000000000001`, "hex").toString("base64url");
    for (const text of ["", "x", "=".repeat(31), writeToken(LOG, 1) + "A", " ".repeat(31), ofVersion2]) {
      assert.throws(() => readToken(text, LOG), refusedAs("malformed-request"), text);
    }
  });
});

describe("cursors", () => {
  it("give back the offset", () => {
    for (const offset of [0, 9, 2 ** 33 + 1]) assert.equal(readCursor(writeCursor(offset)), offset);
  });

  it("that are none are refused", () => {
    for (const text of ["", "1234567", "123456789", "12345 78", "1234567+"]) {
      assert.throws(() => readCursor(text), refusedAs("malformed-request"), text);
    }
  });
});
