import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { conceptOf, type DriftContext, parseDrift } from "../../../src/commands/generate/generate_drift.ts";
import { BadInput } from "../../../src/domain/failure.ts";

const THREE: DriftContext = { concepts: ["calm", "windy day", "storm"], initial: 0 };

/** Position, concept, shape and width of the changes up to an event. */
function changesOf(text: string, context = THREE, until = 100_000): unknown[] {
  return parseDrift(text, context).transitions(0, until)
    .map(({ position, concept, shape, width }) => [position, concept, shape, width]);
}

describe("parseDrift", () => {
  it("reads changes in order, each to the next concept unless it says where", () => {
    assert.deepEqual(
      changesOf('abrupt(at=5000); gradual(at=9000, width=1000); abrupt(at=12000, to="windy day")'),
      [
        [5000, 1, "abrupt", 0],
        [9000, 2, "sigmoid", 1000],
        [12000, 1, "abrupt", 0],
      ],
    );
    assert.deepEqual(changesOf("abrupt(at=1, to=3); abrupt(at=2)"), [[1, 2, "abrupt", 0], [
      2,
      0,
      "abrupt",
      0,
    ]]);
  });

  it("reads recurring ones", () => {
    assert.deepEqual(changesOf("recurring(every=30000)"), [
      [30_000, 1, "abrupt", 0],
      [60_000, 0, "abrupt", 0],
      [90_000, 1, "abrupt", 0],
    ]);
    const fromStorm = changesOf("recurring(every=40000, width=100, concepts=3)", { ...THREE, initial: 2 });
    assert.deepEqual(fromStorm, [[40_000, 0, "sigmoid", 100], [80_000, 1, "sigmoid", 100]]);
  });

  it("reads places as times of the stream where it has a rate", () => {
    const rated = { ...THREE, rate: 50 };
    assert.deepEqual(changesOf("abrupt(at=30s); gradual(at=2m, width=500ms)", rated), [
      [1500, 1, "abrupt", 0],
      [6000, 2, "sigmoid", 25],
    ]);
    assert.deepEqual(changesOf("recurring(every=1h)", rated, 200_000), [[180_000, 1, "abrupt", 0]]);
  });

  it("says what cannot be read, and what is accepted", () => {
    const wrong: [string, RegExp][] = [
      ["", /of which '' cannot be read; accepted are abrupt/],
      ["sudden(at=5)", /of which 'sudden\(at=5\)' cannot be read/],
      ["abrupt(5)", /cannot be read/],
      ["abrupt(at=5) | abrupt(at=6)", /cannot be read/],
      ["abrupt(at=-5)", /abrupt\(at=-5\): accepted is a whole number/],
      ["abrupt(at=1.5)", /accepted is a whole number/],
      ["abrupt()", /abrupt\(at=\): accepted/],
      ["gradual(at=5)", /gradual\(width=\)/],
      ["abrupt(at=30s)", /is a time, which a stream has with --rate only/],
      ["abrupt(at=5, width=3)", /parameter "width"/],
      ["abrupt(at=5, to=4)", /no concept "4"; accepted are 1 \(calm\), 2 \(windy day\), 3 \(storm\)/],
      ["abrupt(at=5); abrupt(at=5)", /ascending positions/],
      ["recurring(every=5); abrupt(at=9)", /"recurring" is accepted alone/],
      ["recurring(every=5, concepts=4)", /from 2 to 3/],
    ];
    for (const [text, message] of wrong) {
      assert.throws(
        () => parseDrift(text, THREE),
        (error: Error) => error instanceof BadInput && message.test(error.message),
        text,
      );
    }
    assert.throws(() => parseDrift("abrupt(at=5)", { concepts: ["one"], initial: 0 }), /one concept only/);
  });
});

describe("conceptOf", () => {
  it("takes a name before a number", () => {
    assert.equal(conceptOf("storm", THREE.concepts), 2);
    assert.equal(conceptOf("2", THREE.concepts), 1);
    assert.equal(conceptOf("2", ["1", "x", "2"]), 2);
  });
});
