import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type CatalogEntry, STREAM_CATALOG, type StreamValues } from "../../src/synthesize/stream_catalog.ts";
import { SyntheticStream } from "../../src/synthesize/synthetic_stream.ts";

function defaultsOf({ parameters }: CatalogEntry): StreamValues {
  return Object.fromEntries(Object.entries(parameters).map(([name, spec]) => [name, spec.default]));
}

function made(name: string, values: StreamValues = {}, seed = 2) {
  const entry = STREAM_CATALOG.find((one) => one.name === name)!;
  return entry.make({ ...defaultsOf(entry), ...values }, seed);
}

describe("STREAM_CATALOG", () => {
  it("names each stream once", () => {
    const names = STREAM_CATALOG.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (
      const name of [
        "friedman",
        "friedman-drift",
        "sea",
        "hyperplane",
        "stagger",
        "sine",
        "planes",
        "logical",
      ]
    ) {
      assert.ok(names.includes(name), name);
    }
  });

  for (const entry of STREAM_CATALOG) {
    it(`makes ${entry.name} with its defaults: finite, of one shape, of the task it says, by its seed`, () => {
      const streams = [2, 2, 3].map((seed) =>
        new SyntheticStream({ ...entry.make(defaultsOf(entry), seed), seed }).block(0, 200)
      );
      assert.deepEqual(streams[0], streams[1]);
      assert.notDeepEqual(streams[0], streams[2]);
      const { task } = entry.make(defaultsOf(entry), 2).function;
      const names = Object.keys(streams[0][0].features);
      for (const { features, target } of streams[0]) {
        assert.deepEqual(Object.keys(features), names);
        assert.ok(Object.values(features).every((x) => typeof x === "string" || Number.isFinite(x)));
        assert.equal(typeof target, task === "regression" ? "number" : "boolean");
      }
      assert.ok(entry.lesson.length > 20 && entry.count >= 1000);
    });
  }

  it("has the three drifting versions of Friedman's function where River has their changes", () => {
    const truthOf = (kind: string) => {
      const stream = new SyntheticStream({ ...made("friedman-drift", { kind }), seed: 1 });
      return stream.truth(0, 200_000).map(({ event, until, concept }) => [event, until ?? event, concept]);
    };
    assert.deepEqual(truthOf("lea"), [
      [0, 0, "friedman"],
      [50_000, 50_000, "small corners"],
      [100_000, 100_000, "larger corners"],
      [150_000, 150_000, "large corners"],
    ]);
    assert.deepEqual(truthOf("gra"), [
      [0, 0, "friedman"],
      [50_000, 50_000, "swapped"],
      [100_000, 100_000, "friedman"],
    ]);
    assert.deepEqual(truthOf("gsg"), [
      [0, 0, "friedman"],
      [50_000, 60_000, "turned"],
      [100_000, 110_000, "turned again"],
    ]);
  });

  it("refuses values that do not go together", () => {
    assert.throws(() => made("friedman-drift", { first: 100, second: 50 }), /ascending positions/);
    assert.throws(() => made("friedman-drift", { kind: "gsg", window: 60_000 }), /up to 50000/);
    assert.throws(() => made("hyperplane", { features: 3, moving: 4 }), /up to all/);
  });
});
