import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { namedSource } from "../../../src/commands/generate/generate_source.ts";

const truthOf = (observations: readonly { truth?: object }[]) =>
  observations.flatMap(({ truth }) => truth ?? []);

describe("namedSource", () => {
  it("gives the named stream from anywhere on, by its seed", async () => {
    const source = namedSource("planes(count=70, position=5)", { seed: 3 });
    assert.deepEqual([source.name, source.task, source.count, source.position, source.seed], [
      "planes",
      "regression",
      70,
      5,
      3,
    ]);
    const whole = await source.block(0, 30);
    assert.deepEqual(await namedSource("planes", { seed: 3 }).block(10, 20), whole.slice(10));
    assert.notDeepEqual(await namedSource("planes", { seed: 4 }).block(10, 20), whole.slice(10));
  });

  it("switches to a concept by name, by number, or to the next one; the stream says so", async () => {
    const source = namedSource("logical", { seed: 1 });
    assert.deepEqual(source.switchTo("and", 10), { event: 10, concept: "and" });
    assert.deepEqual(source.switchTo("2", 20), { event: 20, concept: "xor" });
    assert.deepEqual(source.switchTo("", 30), { event: 30, concept: "and" });
    assert.deepEqual(source.switchTo("", 40), { event: 40, concept: "or" });
    assert.throws(() => source.switchTo("nor", 50), /no concept "nor"; accepted are 1 \(or\)/);
    const observations = await source.block(0, 50);
    assert.deepEqual(truthOf(observations), [
      { event: 0, concept: "or" },
      { event: 10, concept: "and" },
      { event: 20, concept: "xor" },
      { event: 30, concept: "and" },
      { event: 40, concept: "or" },
    ]);
    const rules: Record<string, (a: number, b: number) => boolean> = {
      or: (a, b) => a + b > 0,
      xor: (a, b) => a !== b,
      and: (a, b) => a * b > 0,
    };
    observations.forEach(({ features: { a, b }, target }, at) => {
      const concept = ["or", "and", "xor", "and", "or"][Math.floor(at / 10)];
      assert.equal(target, rules[concept](a as number, b as number));
    });
  });
});
