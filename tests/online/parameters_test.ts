import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { acceptedOf, parseParameters } from "../../src/online/parameters.ts";
import { parsePipeline } from "../../src/online/pipeline_text.ts";

const SPECS = {
  rate: { kind: "number", min: 0, max: 1, default: 0.5, help: "" },
  count: { kind: "number", min: 1, max: 9, whole: true, help: "" },
  loss: { kind: "choice", choices: ["squared", "huber"], default: "squared", help: "" },
  user: { kind: "text", default: "user", help: "" },
} as const;

function parse(text: string) {
  return parseParameters(SPECS, parsePipeline(`step(${text})`)[0]);
}

describe("parseParameters", () => {
  it("gives defaults, and undefined where there is none", () => {
    assert.deepEqual(parse(""), { rate: 0.5, count: undefined, loss: "squared", user: "user" });
  });

  it("reads numbers, choices and texts", () => {
    assert.deepEqual(parse('rate=1e-3, count=9, loss=huber, user="my user"'), {
      rate: 0.001,
      count: 9,
      loss: "huber",
      user: "my user",
    });
  });

  const refused: [string, RegExp][] = [
    ["rate=2", /"rate" of "step" was given "2"; accepted is a number from 0 to 1/],
    ["rate=NaN", /"NaN"/],
    ['rate=""', /""/],
    ["count=1.5", /a whole number from 1 to 9/],
    ["loss=log", /one of squared, huber/],
    ["toString=1", /"toString"; its parameters are rate, count, loss, user/],
  ];
  for (const [text, message] of refused) {
    it(`refuses ${text}`, () => {
      assert.throws(
        () => parse(text),
        (error: Error) => error instanceof BadInput && message.test(error.message),
      );
    });
  }
});

describe("acceptedOf", () => {
  it("says it in words", () => {
    assert.deepEqual(Object.values(SPECS).map(acceptedOf), [
      "a number from 0 to 1",
      "a whole number from 1 to 9",
      "one of squared, huber",
      "a text",
    ]);
  });
});
