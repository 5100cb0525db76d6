import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  DEFAULT_RULES,
  idProblem,
  problemOf,
  validateEvent,
  valueProblem,
} from "../../src/ingest/validate_event.ts";

const EVENT = { userId: "u", itemId: "i" };

function refusalOf(candidate: unknown, rules = DEFAULT_RULES): string {
  const validation = validateEvent(candidate, rules);
  return validation.ok ? "accepted" : `${validation.problem.field ?? "-"} ${validation.problem.reason}`;
}

describe("idProblem", () => {
  it("accepts any well-formed text of 1 to 256 code units", () => {
    const ids = [
      "a",
      " ",
      "a/b?c#d",
      "“quoted” \"'",
      "日本語",
      "👩‍👩‍👧",
      "x".repeat(256),
      "\u{10ffff}",
      "\u{feff}a",
      "null",
    ];
    for (const id of ids) assert.equal(idProblem(id), undefined, id);
  });

  it("says what is wrong", () => {
    assert.equal(idProblem(""), "emptyId");
    assert.equal(idProblem("x".repeat(257)), "idTooLong");
    assert.equal(idProblem("👍".repeat(129)), "idTooLong");
    for (const id of ["a\0", "a\r", "a\tb", "\x1b[31m", "\x7f", "\x85", "\ud800", "a\udc00b"]) {
      assert.equal(idProblem(id), "badId", JSON.stringify(id));
    }
  });
});

describe("valueProblem", () => {
  it("knows NaN and infinities from numbers out of the declared range", () => {
    const rules = { ...DEFAULT_RULES, minValue: 1, maxValue: 5 };
    assert.deepEqual(
      [0.99, 1, 5, 5.01, NaN, Infinity, -Infinity].map((value) => valueProblem(value, rules)),
      [
        "outOfRange",
        undefined,
        undefined,
        "outOfRange",
        "notFinite",
        "notFinite",
        "notFinite",
      ],
    );
  });
});

describe("validateEvent", () => {
  it("takes an event with everything", () => {
    const validation = validateEvent({
      ...EVENT,
      eventId: "e",
      value: 3.5,
      time: "2020-01-01",
      type: "view",
    });
    const interaction = { ...EVENT, value: 3.5, timeMs: 1577836800000, type: "view" };
    assert.deepEqual(validation, { ok: true, event: { interaction, timeGiven: true, eventId: "e" } });
  });

  it("takes one with the least: value 1, no time; null is absent", () => {
    const expected = {
      ok: true,
      event: { interaction: { ...EVENT, value: 1, timeMs: 0 }, timeGiven: false },
    };
    assert.deepEqual(validateEvent(EVENT), expected);
    assert.deepEqual(
      validateEvent({ ...EVENT, value: null, time: null, type: null, eventId: null }),
      expected,
    );
  });

  it("takes a number as time for milliseconds, unless the rules say otherwise", () => {
    const timeOf = (time: number, rules = DEFAULT_RULES) => {
      const validation = validateEvent({ ...EVENT, time }, rules);
      return validation.ok ? validation.event.interaction.timeMs : NaN;
    };
    assert.equal(timeOf(1500), 1500);
    assert.equal(timeOf(1500, { ...DEFAULT_RULES, timeUnit: "auto" }), 1_500_000);
  });

  it("refuses what is no object", () => {
    for (const candidate of [null, undefined, 5, "x", [EVENT], true]) {
      assert.equal(refusalOf(candidate), "- notAnEvent", String(candidate));
    }
  });

  it("names the field and the reason", () => {
    assert.equal(refusalOf({ itemId: "i" }), "userId missingField");
    assert.equal(refusalOf({ userId: "u" }), "itemId missingField");
    assert.equal(refusalOf({ userId: 5, itemId: "i" }), "userId badId");
    assert.equal(refusalOf({ ...EVENT, itemId: "" }), "itemId emptyId");
    assert.equal(refusalOf({ ...EVENT, eventId: "x".repeat(300) }), "eventId idTooLong");
    assert.equal(refusalOf({ ...EVENT, type: "\n" }), "type badId");
    assert.equal(refusalOf({ ...EVENT, value: "5" }), "value notANumber");
    assert.equal(refusalOf({ ...EVENT, value: NaN }), "value notFinite");
    assert.equal(refusalOf({ ...EVENT, value: 1e16 }), "value outOfRange");
    for (const time of ["soon", -5, true, {}]) assert.equal(refusalOf({ ...EVENT, time }), "time badTime");
  });

  it("does not let minus zero in", () => {
    const validation = validateEvent({ ...EVENT, value: -0 });
    assert.ok(validation.ok && Object.is(validation.event.interaction.value, 0));
  });
});

describe("validateEvent, fields that are not ours", () => {
  it("are refused over HTTP, where rating instead of value would count as 1, and passed over in files", () => {
    const candidate = { ...EVENT, rating: 5 };
    assert.equal(refusalOf(candidate), "- unknownField");
    assert.equal(refusalOf(candidate, { ...DEFAULT_RULES, knownFieldsOnly: false }), "accepted");
    const { message } = problemOf("unknownField", undefined, "rating");
    assert.match(message, /^"rating" is no property of an event: .*value.* are accepted$/);
  });
});

describe("problemOf", () => {
  it("says which value was read and what would have been accepted", () => {
    const rules = { ...DEFAULT_RULES, minValue: 1, maxValue: 5 };
    assert.equal(
      problemOf("outOfRange", "value", 7, rules).message,
      "value 7 is out of range: 1 to 5 is accepted",
    );
    assert.match(problemOf("badId", "userId", "a\nb").message, /^userId "a\\nb" holds control characters/);
    assert.ok(problemOf("idTooLong", "userId", "👍".repeat(5000)).message.length < 200);
    assert.ok(problemOf("badId", "userId", "\ud800").message.isWellFormed());
  });
});
