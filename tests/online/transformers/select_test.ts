import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { FeatureIndex } from "../../../src/online/feature_index.ts";
import { Select } from "../../../src/online/transformers/select.ts";
import { NamedTransformer } from "./vectors.ts";

const make = (input: FeatureIndex) => new Select(input, ["b", "color", "never"]);

describe("Select", () => {
  it("keeps what is named, texts too, and drops the rest", () => {
    const select = new NamedTransformer(make);
    select.learn({ a: 1, b: 2, color: "red", other: "x" });
    assert.deepEqual(select.transform({ a: 1, b: 2, color: "red", other: "x" }), { b: 2, color: "red" });
    assert.deepEqual(select.restored(make).transform({ a: 1, b: 2 }), { b: 2 });
  });
});
