import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { ItemChoice } from "../../src/synthesize/item_choice.ts";
import { Random } from "../../src/synthesize/random.ts";
import { propensity, type Tastes } from "../../src/synthesize/tastes.ts";

/** Many users of the same taste 1; item tastes are the affinities. */
function oneTaste(userCount: number, affinities: readonly number[]): Tastes {
  const none = new Uint16Array(affinities.length);
  return {
    tasteCount: 1,
    userTastes: new Float32Array(userCount).fill(1),
    itemTastes: Float32Array.from(affinities),
    mainTastes: none,
    secondTastes: none,
  };
}

describe("ItemChoice", () => {
  it("chooses first items in proportion to popularity times propensity", () => {
    const userCount = 60_000, affinities = [-1, 0, 1, 2], popularity = Float64Array.of(8, 4, 2, 1);
    const choice = new ItemChoice(oneTaste(userCount, affinities), popularity, 1.5);
    const random = Random.seeded(5), counts = [0, 0, 0, 0];
    for (let user = 0; user < userCount; user++) counts[choice.next(user, random)]++;
    const weights = affinities.map((a, i) => popularity[i] * propensity(1.5, a));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const chiSquared = weights.reduce((sum, weight, i) => {
      const expected = (userCount * weight) / total;
      return sum + (counts[i] - expected) ** 2 / expected;
    }, 0);
    assert.ok(chiSquared < 16.3, `chi-squared ${chiSquared}`); // 99.9 % quantile, 3 degrees of freedom
  });

  it("gives each user every item once, even those nobody wants, and then says that nothing is left", () => {
    const choice = new ItemChoice(oneTaste(2, [-50, 3, -50]), Float64Array.of(1, 1000, 1e-9), 2);
    const random = Random.seeded(6);
    for (const user of [0, 1]) {
      const items = [choice.next(user, random), choice.next(user, random), choice.next(user, random)];
      assert.deepEqual(items.sort(), [0, 1, 2]);
      assert.throws(() => choice.next(user, random), /user \d has taken every item/);
    }
  });

  it("leaves out items that have not arrived", () => {
    const choice = new ItemChoice(oneTaste(200, [2, 2, 2]), Float64Array.of(1, 1, 1), 2);
    const random = Random.seeded(7), arrivals = Float64Array.of(0, 10, 20);
    const chosen = new Set<number>();
    for (let user = 0; user < 100; user++) chosen.add(choice.next(user, random, arrivals, 10));
    assert.deepEqual([...chosen].sort(), [0, 1]);
    assert.equal(choice.next(100, random, arrivals, 5), 0);
    assert.throws(() => choice.next(100, random, arrivals, 5), RangeError);
  });
});
