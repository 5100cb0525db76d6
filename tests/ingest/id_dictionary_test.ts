import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ID_PROBLEMS, IdDictionary } from "../../src/ingest/id_dictionary.ts";
import { bytesOf } from "./reading.ts";

function codeOf(ids: IdDictionary, id: string | Uint8Array): number {
  const bytes = bytesOf(id), padded = new Uint8Array(bytes.length + 2).fill(0x41);
  padded.set(bytes, 1);
  return ids.codeOf(padded, 1, bytes.length + 1);
}

describe("IdDictionary", () => {
  it("gives codes in order of first appearance and the ids back: the same as a Map of strings", () => {
    const ids = new IdDictionary(), codes = new Map<string, number>();
    let state = 7;
    for (let i = 0; i < 50_000; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const id = ["", "ü", "👍", "x".repeat(40)][state & 3] + String((state >>> 8) % 20_000);
      if (!codes.has(id)) codes.set(id, codes.size);
      const code = codeOf(ids, id);
      if (code !== codes.get(id)) assert.equal(code, codes.get(id), id);
    }
    assert.equal(ids.count, codes.size);
    assert.ok(ids.count > 10_000, "the table was to grow");
    for (const [id, code] of codes) if (ids.idOf(code) !== id) assert.equal(ids.idOf(code), id);
  });

  it("tells ids apart that begin or end alike", () => {
    const ids = new IdDictionary();
    assert.deepEqual(["12", "1", "123", "12", "23", "1", "123"].map((id) => codeOf(ids, id)), [
      0,
      1,
      2,
      0,
      3,
      1,
      2,
    ]);
  });

  it("refuses what is no id, and keeps nothing of it", () => {
    const ids = new IdDictionary();
    const problemOf = (id: string | Uint8Array) => ID_PROBLEMS[-1 - codeOf(ids, id)];
    assert.equal(problemOf(""), "emptyId");
    assert.equal(problemOf("x".repeat(257)), "idTooLong");
    assert.equal(problemOf("€".repeat(257)), "idTooLong");
    assert.equal(problemOf("x".repeat(5000)), "idTooLong");
    assert.equal(problemOf("a\tb"), "badId");
    assert.equal(problemOf("\u0085"), "badId");
    // A cut character, a surrogate written as UTF-8, a byte that never occurs, an overlong slash.
    for (const bytes of [[0xe2, 0x82], [0xed, 0xa0, 0x80], [0x41, 0xff], [0xc0, 0xaf]]) {
      assert.equal(problemOf(Uint8Array.from(bytes)), "badUtf8", String(bytes));
    }
    assert.equal(ids.count, 0);
    assert.equal(codeOf(ids, "€".repeat(256)), 0);
    assert.equal(ids.idOf(0), "€".repeat(256));
  });

  it("does not take a byte order mark inside the file for anything but a character", () => {
    const ids = new IdDictionary();
    assert.notEqual(codeOf(ids, "\ufeffa"), codeOf(ids, "a"));
    assert.equal(ids.idOf(0), "\ufeffa");
  });
});
