import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { methodOf } from "../../src/commands/learner_method.ts";
import { SETTINGS } from "../../src/config.ts";

describe("methodOf", () => {
  it("knows every choice of the setting", () => {
    assert.deepEqual(SETTINGS.learner.choices.map(methodOf), ["foldIn", "sgd"]);
  });
});
