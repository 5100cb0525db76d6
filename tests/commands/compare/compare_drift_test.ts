import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { compare } from "../../../src/commands/compare.ts";

/** Models that forget slowly: what they learnt of an old concept stands in their way. */
const SLOW = ["tree", "scale | linear(optimizer=adagrad)"];
const SEEDS = 5;
/** The places of friedman-drift, closer together; a tree has to have learnt a concept before it can miss it. */
const STREAM = "friedman-drift(first=15000, second=30000, count=36000)";

const summary = await compare({
  model: SLOW.flatMap((model) => [model, `${model} | reset-on-drift`]),
  stream: STREAM,
  detector: "adwin",
  seeds: String(SEEDS),
  block: "250",
  target: "target",
}, {
  seed: 1,
  json: true,
  kafka: "",
  store: "memory:",
  signal: new AbortController().signal,
  print: () => {},
  warn: assert.fail,
});

function summaryOf(label: string) {
  return summary.models.find((model) => model.label === label)!;
}

describe("on friedman-drift with five seeds", () => {
  it("the truth is two abrupt changes", () => {
    assert.equal(summary.seedCount, SEEDS);
    assert.deepEqual(summary.changes, [{ event: 15000, concept: "swapped" }, {
      event: 30_000,
      concept: "friedman",
    }]);
  });

  for (const model of SLOW) {
    it(`ADWIN over the errors of '${model}' finds each change, soon and with few false alarms`, () => {
      const [{ delays, missed, falseAlarms }] = summaryOf(model).detection;
      assert.equal(missed, 0);
      for (const delay of delays) assert.ok(delay!.high <= 1000, `${delay!.low} to ${delay!.high}`);
      // Without drift ADWIN is allowed δ = .002 at each of 1,125 looks of a seed; it stays far below.
      assert.ok(falseAlarms <= 3 * SEEDS, `${falseAlarms} false alarms`);
    });

    it(`'${model} | reset-on-drift' recovers faster than without, and is better in the end`, () => {
      const plain = summaryOf(model), reset = summaryOf(`${model} | reset-on-drift`);
      const first = (one: typeof plain) => one.recovery[0] ?? Infinity;
      assert.ok(first(reset) < first(plain), `${first(reset)} against ${first(plain)}`);
      assert.ok(reset.rank < plain.rank);
      assert.ok(reset.metrics.mae.high < plain.metrics.mae.low, "for each seed");
    });
  }
});
