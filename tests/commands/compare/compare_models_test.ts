import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { isModelFile, prepareModels } from "../../../src/commands/compare/compare_models.ts";
import { BadInput } from "../../../src/domain/failure.ts";
import { UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

const COUNTING = "let n = 0; export default { predictOne: () => n, learnOne: () => void n++ };";

describe("prepareModels", () => {
  it("makes pipelines and users' models, in order", async () => {
    const file = files.write("own.ts", COUNTING);
    const prepared = await prepareModels(["scale | linear", file], 1);
    assert.equal(prepared.task, "regression");
    const contestants = prepared.make("regression");
    assert.deepEqual(contestants.map(({ label }) => label), ["scale | linear", file]);
    assert.deepEqual(contestants.map(({ model }) => model.task), ["regression", "regression"]);
    assert.equal((await prepareModels([file], 1)).task, undefined);
    assert.equal((await prepareModels([file], 1)).make("classification")[0].model.task, "classification");
  });

  it("gives each run a module that begins anew", async () => {
    const file = files.write("state.ts", COUNTING);
    const [first] = (await prepareModels([file], 1)).make("regression");
    for (let i = 0; i < 3; i++) first.model.learnOne({}, 1);
    const [second] = (await prepareModels([file], 1)).make("regression");
    assert.deepEqual([first.model.predictOne({}), second.model.predictOne({})], [3, 0]);
  });

  it("says what cannot be used", async () => {
    const wrong: [string[], RegExp][] = [
      [["mean", "last", "mean"], /'mean' was given twice/],
      [["nothing"], /no step "nothing"/],
      [[files.path("none.ts")], /loading the model of .*none.ts/],
      [[files.write("broken.ts", "export default {")], /loading the model of .*broken.ts/],
    ];
    for (const [models, message] of wrong) {
      await assert.rejects(
        prepareModels(models, 1),
        (error: Error) => error instanceof BadInput && message.test(error.message),
      );
    }
  });
});

describe("isModelFile", () => {
  it("tells files from pipelines", () => {
    assert.deepEqual(
      ["./a.ts", "my model.js", "scale | linear", "tree(x=1.ts)", "a | b.ts"].map(isModelFile),
      [true, true, false, false, false],
    );
  });
});
