import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { Random } from "../../src/synthesize/random.ts";
import { type UserFunction, userFunction } from "../../src/synthesize/user_function.ts";

const made = (exported: unknown) => userFunction(exported, "mine.ts", Random.at(1, 0));
const line: UserFunction = (random, position) => {
  const x = random.uniform();
  return { features: { x, position }, target: 3 * x };
};

describe("userFunction", () => {
  it("takes a function as one concept", () => {
    const { task, concepts, observe } = made(line);
    assert.deepEqual([task, concepts], ["regression", ["line"]]);
    assert.deepEqual(observe(Random.at(1, 4), 0, 4), line(Random.at(1, 4), 4));
  });

  it("calls one without a name by its file", () => {
    const nameless = [() => ({ features: { x: 1 }, target: 1 })][0];
    assert.deepEqual(userFunction(nameless, "./my/tide.mjs", Random.at(1, 0)).concepts, ["tide"]);
  });

  it("takes several by name as concepts", () => {
    const calm: UserFunction = () => ({ features: { x: 1 }, target: "low" });
    const storm: UserFunction = () => ({ features: { x: 1 }, target: "high" });
    const { task, concepts, observe } = made({ calm, storm });
    assert.deepEqual([task, concepts], ["classification", ["calm", "storm"]]);
    assert.equal(observe(Random.at(1, 0), 1, 0).target, "high");
  });

  it("refuses modules that export something else", () => {
    for (const wrong of [undefined, 3, "x", {}, { a: 1 }, [1]]) {
      assert.throws(() => made(wrong), /default export is .*; accepted is a function/);
    }
  });

  it("says what a function gave that is not accepted, and where", () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => undefined, /position 0: it gave undefined/],
      [() => Promise.resolve({}), /it gave a promise/],
      [() => ({ features: [1], target: 1 }), /it gave an object; accepted is \{ features/],
      [() => ({ features: {}, target: 1 }), /it gave 0 features/],
      [
        () => ({ features: { a: NaN }, target: 1 }),
        /it gave NaN as feature "a"; accepted is a finite number/,
      ],
      [() => ({ features: { a: Infinity }, target: 1 }), /it gave Infinity as feature "a"/],
      [() => ({ features: { a: { b: 1 } }, target: 1 }), /it gave an object as feature "a"/],
      [() => ({ features: { a: 1 }, target: NaN }), /it gave NaN as target/],
      [() => ({ features: { a: 1 } }), /it gave undefined as target/],
      [() => {
        throw new Error("no luck");
      }, /it threw "no luck"/],
    ];
    for (const [give, message] of wrong) {
      assert.throws(
        () => made(give),
        (error: Error) => error instanceof BadInput && message.test(error.message),
      );
    }
    assert.equal(made(() => ({ features: { a: null, b: "x", c: true }, target: 1 })).task, "regression");
  });

  it("keeps to the shape of the first observation", () => {
    const given: unknown[] = [
      { features: { a: 1, b: 2 }, target: 1 },
      { features: { b: 2, a: 1 }, target: 1 },
      { features: { a: 1 }, target: 1 },
      { features: { a: 1, b: 2 }, target: "1" },
    ];
    const { observe } = made((_: unknown, position: number) => given[position]);
    assert.throws(
      () => observe(Random.at(1, 1), 0, 1),
      /position 1: it gave the features b, a; .*order: a, b/,
    );
    assert.throws(() => observe(Random.at(1, 2), 0, 2), /the features a;/);
    assert.throws(
      () => observe(Random.at(1, 3), 0, 3),
      /the string "1" as target; accepted is a number, as at first/,
    );
    assert.equal(observe(Random.at(1, 0), 0, 0).target, 1);
  });
});
