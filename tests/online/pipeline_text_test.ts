import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { parsePipeline, parseStep } from "../../src/online/pipeline_text.ts";

function plainForm(text: string) {
  return parsePipeline(text).map(({ name, named, plain }) => [name, Object.fromEntries(named), plain]);
}

describe("parsePipeline", () => {
  it("reads steps with and without parameters, whatever the blanks", () => {
    const expected = [["scale", {}, []], ["linear", { "learning-rate": "0.01", optimizer: "adam" }, []]];
    assert.deepEqual(plainForm("scale | linear(learning-rate=0.01, optimizer=adam)"), expected);
    assert.deepEqual(plainForm(" scale|linear( learning-rate = 0.01 ,optimizer=adam ) "), expected);
    assert.deepEqual(plainForm("scale() | linear(learning-rate=0.01, optimizer=adam,)"), expected);
  });

  it("reads plain values and quoted ones", () => {
    assert.deepEqual(plainForm('select(age, "a | b", "say \\"hi\\"") | cross(a*b) | x(user="the user")'), [
      ["select", {}, ["age", "a | b", 'say "hi"']],
      ["cross", {}, ["a*b"]],
      ["x", { user: "the user" }, []],
    ]);
  });

  const unreadable: [string, RegExp][] = [
    ["", /at its end: accepted is the name of a step/],
    ["scale |", /at its end/],
    ["| linear", /at '\| linear'/],
    ["scale linear", /at 'linear': accepted is '\|'/],
    ["linear(l2=", /value for "l2"/],
    ["linear(l2=1", /',' or '\)'/],
    ["linear(l2=1 l1=2)", /at 'l1=2\)'/],
    ["linear(l2=1, l2=2)", /"l2" once/],
    ["linear)", /at '\)'/],
    ['select("a)', /a quote that is closed/],
  ];
  for (const [text, message] of unreadable) {
    it(`refuses '${text}' and shows where`, () => {
      assert.throws(() => parsePipeline(text), (error: Error) => {
        return error instanceof BadInput && message.test(error.message) &&
          error.message.includes(`'${text}'`);
      });
    });
  }
});

describe("parseStep", () => {
  it("reads one step with named values", () => {
    const step = parseStep(" abrupt(at=5000, to=2) ");
    assert.deepEqual([step?.name, [...step!.named]], ["abrupt", [["at", "5000"], ["to", "2"]]]);
  });

  it("gives nothing for several steps, plain values, or what is no step", () => {
    for (const text of ["a | b", "select(x)", "", "a(", "a b"]) {
      assert.equal(parseStep(text), undefined, text);
    }
  });
});
