import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { readEnvironment } from "../../../src/adapters/deno/environment.ts";

describe("readEnvironment", () => {
  it("gives the variables of ours and no others", () => {
    Deno.env.set("FOZ_TEST_VARIABLE", "x=y");
    try {
      const environment = readEnvironment();
      assert.equal(environment.FOZ_TEST_VARIABLE, "x=y");
      assert.ok(Object.keys(environment).every((name) => name.startsWith("FOZ_")));
    } finally {
      Deno.env.delete("FOZ_TEST_VARIABLE");
    }
  });
});
