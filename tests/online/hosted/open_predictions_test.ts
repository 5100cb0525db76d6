import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../../src/domain/failure.ts";
import { decodeState, encodeState } from "../../../src/domain/state_tree.ts";
import { OpenPredictions } from "../../../src/online/hosted/open_predictions.ts";

const made = (prediction: number, atMs = 0) => ({ features: { b: 1, a: "x" }, prediction, atMs });

describe("OpenPredictions", () => {
  it("finds by id, with the same features in any order, and refuses others", () => {
    const open = new OpenPredictions({ most: 10, expireAfterMs: 100 });
    open.add("p", made(7));
    assert.equal(open.find("p", { a: "x", b: 1 }, 1)?.prediction, 7);
    assert.equal(open.find("q", { a: "x", b: 1 }, 1), undefined);
    assert.throws(() => open.find("p", { a: "x", b: 2 }, 1), BadInput);
    open.remove("p");
    assert.equal(open.get("p", 1), undefined);
    assert.deepEqual([open.count, open.givenUp], [0, 0]);
  });

  it("gives up the oldest where there are too many", () => {
    const open = new OpenPredictions({ most: 2, expireAfterMs: 100 });
    for (const [i, id] of ["a", "b", "c"].entries()) open.add(id, made(i));
    assert.deepEqual(["a", "b", "c"].map((id) => open.get(id, 1)?.prediction), [undefined, 1, 2]);
    assert.deepEqual([open.count, open.givenUp], [2, 1]);
  });

  it("gives up what is too old", () => {
    const open = new OpenPredictions({ most: 10, expireAfterMs: 100 });
    open.add("a", made(1, 0));
    open.add("b", made(2, 60));
    assert.equal(open.get("a", 99)?.prediction, 1);
    assert.equal(open.get("a", 100), undefined);
    assert.equal(open.get("b", 159)?.prediction, 2);
    open.forgetOld(160);
    assert.deepEqual([open.count, open.givenUp], [0, 2]);
  });

  it("keeps order, labels and probabilities", () => {
    const open = new OpenPredictions({ most: 3, expireAfterMs: 100 });
    const probabilities = new Map([["up", 0.7], ["down", 0.3]]);
    open.add("z", { features: { z: 1, a: null, m: true }, prediction: "up", probabilities, atMs: 5 });
    open.add("y", { features: {}, prediction: undefined, atMs: 6 });
    for (const id of ["1", "2"]) open.add(id, made(1, 7));
    const loaded = new OpenPredictions({ most: 3, expireAfterMs: 100 });
    loaded.load(decodeState(encodeState(open.save())));
    assert.deepEqual(encodeState(loaded.save()), encodeState(open.save()));
    assert.equal(loaded.givenUp, 1);
    assert.equal(loaded.get("y", 8)?.prediction, undefined);
    open.add("w", { features: { z: 1, a: null, m: true }, prediction: "up", probabilities, atMs: 5 });
    loaded.load(open.save());
    assert.deepEqual(Object.keys(loaded.get("w", 8)!.features), ["z", "a", "m"]);
    assert.deepEqual(loaded.get("w", 8)?.probabilities, probabilities);
  });
});
