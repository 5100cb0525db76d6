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
    for (let i = 0; i < 250_000; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const id = ["", "ü", "👍", "x".repeat(40)][state & 3] + String((state >>> 8) % 20_000);
      if (!codes.has(id)) codes.set(id, codes.size);
      const code = codeOf(ids, id);
      if (code !== codes.get(id)) assert.equal(code, codes.get(id), id);
    }
    assert.equal(ids.count, codes.size);
    assert.ok(ids.count > 70_000, "the table was to grow");
    assert.deepEqual(ids.ids(), [...codes.keys()]);
    for (const [id, code] of codes) if (ids.idOf(code) !== id) assert.equal(ids.idOf(code), id);
  });

  it("tells numbers apart however they are written, and as the table of numbers grows", () => {
    const ids = new IdDictionary(), codes = new Map<string, number>();
    const forms = (n: number) => [`${n}`, `0${n}`, `+${n}`, `${n}.0`, `${n} `, `-${n}`];
    const numbers = [5e6, 4194304, 4194303, 1e7, 9999999, 0, 1, 10, 1023, 1024, 70_000, 2 ** 20, 3];
    for (let round = 0; round < 3; round++) {
      for (const id of numbers.flatMap(forms)) {
        if (!codes.has(id)) codes.set(id, codes.size);
        assert.equal(codeOf(ids, id), codes.get(id), id);
      }
    }
    assert.deepEqual(ids.ids(), [...codes.keys()]);
  });

  it("looks up without adding", () => {
    const ids = new IdDictionary(), bytes = bytesOf("12abc\t");
    assert.deepEqual([ids.known(bytes, 0, 2), ids.known(bytes, 2, 5), ids.known(bytes, 0, 0)], [-1, -1, -1]);
    assert.deepEqual([ids.problemOf(bytes, 0, 5), ids.count], [0, 0]);
    assert.equal(ID_PROBLEMS[-1 - ids.problemOf(bytes, 0, 6)], "badId");
    assert.equal(ids.codeOf(bytes, 2, 5), 0);
    assert.deepEqual([ids.known(bytes, 0, 2), ids.known(bytes, 2, 5), ids.known(bytes, 0, 5)], [-1, 0, -1]);
    assert.deepEqual(ids.ids(), ["abc"]);
  });

  it("packs the ids that came last for another dictionary", () => {
    const ids = new IdDictionary(), names = ["a", "17", "ünï", "x".repeat(200)];
    for (const name of names) codeOf(ids, name);
    for (let from = 0; from <= names.length; from++) {
      const { bytes, ends } = ids.packedFrom(from), other = new IdDictionary();
      let start = 0;
      for (const end of ends) other.codeOf(bytes, start, start = end);
      assert.deepEqual(other.ids(), names.slice(from));
      assert.equal(bytes.length, ends.at(-1) ?? 0);
    }
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
