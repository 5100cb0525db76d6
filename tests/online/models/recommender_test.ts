import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput, NumericFailure } from "../../../src/domain/failure.ts";
import { encodeState } from "../../../src/domain/state_tree.ts";
import { instantiateKernels } from "../../../src/kernels/kernel_module.ts";
import { OnlineRecommender, type RecommenderOptions } from "../../../src/online/models/recommender.ts";
import { Random } from "../../../src/synthesize/random.ts";
import { kernelModule, makeModel } from "../make_model.ts";

const OPTIONS: RecommenderOptions = {
  name: "biased-mf",
  hasBiases: true,
  factorCount: 4,
  biasRate: 0.02,
  factorRate: 0.05,
  biasL2: 0,
  factorL2: 0,
  clip: 1e12,
  initialDeviation: 0.1,
  seed: 7,
  userFeature: "user",
  itemFeature: "item",
};

function recommenderOf(options: Partial<RecommenderOptions> = {}): OnlineRecommender {
  return new OnlineRecommender(instantiateKernels(kernelModule), { ...OPTIONS, ...options });
}

describe("OnlineRecommender", () => {
  it("adds nothing for a user or an item that it never learnt from", () => {
    const model = recommenderOf();
    assert.equal(model.predictOne({ user: "a", item: "x" }), 0);
    model.learnOne({ user: "a", item: "x" }, 4);
    // The mean is 4, and the gradient after it only what the random factors make.
    assert.equal(model.predictOne({ user: "b", item: "y" }), 4);
  });

  it("starts an id from the same factors whoever came before", () => {
    const first = recommenderOf({ hasBiases: false, factorRate: 0 }),
      second = recommenderOf({ hasBiases: false, factorRate: 0 });
    first.learnOne({ user: "a", item: "x" }, 1);
    second.learnOne({ user: "b", item: "y" }, 1);
    second.learnOne({ user: "a", item: "x" }, 1);
    assert.equal(second.predictOne({ user: "a", item: "x" }), first.predictOne({ user: "a", item: "x" }));
    assert.notEqual(first.predictOne({ user: "a", item: "x" }), 0);
  });

  it("learns tastes that biases cannot hold", () => {
    const factors = makeModel("biased-mf(factors=4, factor-rate=0.05)"), biases = makeModel("baseline");
    const random = Random.seeded(1);
    let withFactors = 0, without = 0;
    for (let k = 0; k < 20_000; k++) {
      const user = random.below(20), item = random.below(20);
      const features = { user: `u${user}`, item: `i${item}` },
        rating = 3 + ((user + item) % 2 === 0 ? 1 : -1);
      if (k > 15_000) {
        withFactors += Math.abs((factors.predictOne(features) as number) - rating);
        without += Math.abs((biases.predictOne(features) as number) - rating);
      }
      factors.learnOne(features, rating), biases.learnOne(features, rating);
    }
    assert.ok(withFactors < 0.3 * without, `${withFactors} against ${without}`);
  });

  it("takes a block as it takes ratings one by one, bit by bit, also with users it knows", () => {
    const random = Random.seeded(2), count = 500;
    const userIds = Array.from({ length: 30 }, (_, u) => `u${u}`),
      itemIds = Array.from({ length: 40 }, (_, i) => `i${i}`);
    const users = Uint32Array.from({ length: count }, (_, k) => k < 30 ? k : random.below(30));
    const items = Uint32Array.from({ length: count }, (_, k) => k < 40 ? k : random.below(40));
    const values = Float64Array.from({ length: count }, () => 1 + random.below(5));
    const byBlock = recommenderOf(), byRating = recommenderOf(), predictions = new Float64Array(count);
    for (const model of [byBlock, byRating]) model.learnOne({ user: "u3", item: "i9" }, 5);
    byBlock.progressiveRatings({ count, userIds, itemIds, users, items, values }, predictions);
    for (let k = 0; k < count; k++) {
      const features = { user: userIds[users[k]], item: itemIds[items[k]] };
      assert.equal(predictions[k], byRating.predictOne(features));
      byRating.learnOne(features, values[k]);
    }
    assert.deepEqual(encodeState(byBlock.save()), encodeState(byRating.save()));
  });

  it("takes numbers as ids, and names of features that are given", () => {
    const model = makeModel("baseline(user=userId, item=movieId)");
    model.learnOne({ userId: 7, movieId: "m" }, 4);
    model.learnOne({ userId: "7", movieId: "n" }, 2);
    assert.equal(
      model.predictOne({ userId: 7, movieId: "n" }),
      model.predictOne({ userId: "7", movieId: "n" }),
    );
    assert.throws(() => model.predictOne({ user: 7, item: 1 }), (error: Error) => {
      return error instanceof BadInput &&
        /user from the feature "userId": it is not there/.test(error.message);
    });
    for (const id of ["", true, null, NaN]) {
      assert.throws(() => model.learnOne({ userId: id, movieId: 1 }, 3), BadInput);
    }
    assert.throws(() => model.learnOne({ userId: 1, movieId: 1 }, NaN), BadInput);
  });

  it("comes back from its state bit by bit", () => {
    const first = recommenderOf(), second = recommenderOf();
    first.learnOne({ user: "a", item: "x" }, 4);
    second.load(first.save());
    for (const model of [first, second]) model.learnOne({ user: "b", item: "x" }, 1);
    assert.deepEqual(encodeState(second.save()), encodeState(first.save()));
  });

  it("starts an id from given factors, once", () => {
    const model = recommenderOf({ hasBiases: false });
    model.addRow("user", "a", [1, 2, 0, 0]), model.addRow("item", "x", [3, 4, 0, 0]);
    assert.equal(model.predictOne({ user: "a", item: "x" }), 11);
    assert.throws(() => model.addRow("user", "a", [1, 2, 0, 0]), BadInput);
    assert.throws(() => model.addRow("user", "b", [1]), /with 1 factors: a new id with 4/);
  });

  it("says so when it has diverged", () => {
    const recommender = recommenderOf({ biasRate: 10 });
    assert.throws(() => {
      for (let i = 0; i < 2000; i++) {
        recommender.predictOne({ user: 1, item: 1 });
        recommender.learnOne({ user: 1, item: 1 }, i % 2 === 0 ? 1e150 : -1e150);
      }
    }, NumericFailure);
  });
});
