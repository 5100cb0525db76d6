import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { findEntry, REGISTRY } from "../../src/online/registry.ts";

describe("REGISTRY", () => {
  it("has a name for each step once, in the form that a pipeline is written in", () => {
    const names = REGISTRY.map((entry) => entry.name);
    assert.equal(new Set(names).size, names.length);
    assert.deepEqual(names.filter((name) => !/^[a-z][a-z0-9-]*$/.test(name)), []);
    assert.equal(findEntry("linear")?.kind, "regressor");
    assert.equal(findEntry("no-such-step"), undefined);
  });

  it("has a lesson of one line for each, and help for each parameter", () => {
    for (const { name, lesson, parameters } of REGISTRY) {
      assert.ok(lesson.length > 20 && lesson.length <= 110 && !lesson.includes("\n"), `${name}: ${lesson}`);
      for (const [parameter, spec] of Object.entries(parameters)) {
        assert.ok(spec.help.length > 3, `${name}: ${parameter}`);
        assert.match(parameter, /^[a-z][a-z0-9-]*$/);
      }
    }
  });

  it("has defaults that its own bounds accept", () => {
    for (const { name, parameters } of REGISTRY) {
      for (const [parameter, spec] of Object.entries(parameters)) {
        const where = `${name}: ${parameter}`;
        if (spec.kind === "choice") assert.ok(spec.choices.includes(spec.default), where);
        if (spec.kind !== "number" || spec.default === undefined) continue;
        assert.ok(spec.default >= spec.min && spec.default <= spec.max, where);
        if (spec.whole) assert.ok(Number.isInteger(spec.default), where);
      }
    }
  });
});
