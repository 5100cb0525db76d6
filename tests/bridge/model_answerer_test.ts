import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ModelAnswerer } from "../../src/bridge/model_answerer.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { Recommender } from "../../src/recommend/recommender.ts";
import { plantedGeneration } from "../serve/planted_generation.ts";

const { module } = await loadKernel("portable");

describe("answers from a model", () => {
  it("are what the model recommends, all from the one that is there at the call", async () => {
    const content = await plantedGeneration({
      userIds: ["a", "b", "zeros"],
      itemIds: ["1", "2", "3", "4", "5", "6"],
    });
    const recommender = new Recommender(module, content);
    const asked: [number, number][] = [];
    const model = {
      current: undefined as { recommender: Recommender } | undefined,
      waitFor: (offset: number, waitMs: number) => {
        asked.push([offset, waitMs]);
        return Promise.resolve(false);
      },
    };
    const answerer = new ModelAnswerer(model);
    const wishes = [{ userId: "b", limit: 2 }, { userId: "stranger", limit: 4 }];
    assert.equal(await answerer.answer(wishes), undefined);
    model.current = { recommender };
    assert.deepEqual(await answerer.answer(wishes), [
      recommender.recommend("b", { n: 2 }),
      recommender.recommend("stranger", { n: 4 }),
    ]);
    recommender.advance(8);
    assert.equal(await answerer.waitFor(7, 50), true);
    assert.equal(await answerer.waitFor(8, 50), false);
    assert.deepEqual(asked, [[8, 50]]);
  });
});
