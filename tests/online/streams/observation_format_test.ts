import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../../src/domain/failure.ts";
import { nestedObservation, observationOf } from "../../../src/online/streams/observation_format.ts";

describe("observationOf", () => {
  it("puts target, time and what is left out aside", () => {
    const fields = { a: 1, y: 3, when: "1970-01-01T00:00:02Z", id: 7, color: "red" };
    assert.deepEqual(observationOf(fields, { target: "y", time: "when", without: ["id"] }), {
      features: { a: 1, color: "red" },
      target: 3,
      timeMs: 2000,
    });
    assert.equal(observationOf({ y: 0 }, { target: "y" }).target, 0);
    assert.equal(observationOf({ y: false, t: 5 }, { target: "y", time: "t" }).timeMs, 5);
  });

  it("refuses a target that is not there, and names the fields that are", () => {
    for (const fields of [{ a: 1, b: 2 }, { a: 1, b: 2, y: null }, { a: 1, b: 2, y: "" }]) {
      assert.throws(() => observationOf(fields, { target: "y" }), (error: Error) => {
        return error instanceof BadInput &&
          /target "y": it is not there; the fields are a, b/.test(error.message);
      });
    }
    assert.throws(() => observationOf({}, { target: "toString" }), BadInput);
  });

  it("refuses a time that is none", () => {
    for (const t of ["yesterday", null, true, NaN, undefined]) {
      assert.throws(() => observationOf({ y: 1, t }, { target: "y", time: "t" }), /time from "t"/);
    }
  });
});

describe("nestedObservation", () => {
  it("takes {features, target, time?} and needs a target", () => {
    assert.deepEqual(nestedObservation({ features: { a: 1 }, target: "up", time: 9 }), {
      features: { a: 1 },
      target: "up",
      timeMs: 9,
    });
    assert.equal(nestedObservation({ features: {}, target: 0 }).timeMs, undefined);
    for (const target of [undefined, null]) {
      assert.throws(() => nestedObservation({ features: {}, target }), BadInput);
    }
  });
});
