import { afterAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  isFunctionFile,
  UserFunctionSource,
  type UserFunctionWishes,
} from "../../../src/commands/generate/generate_function.ts";
import { lineFunction, UserFiles } from "../user_files.ts";

const files = new UserFiles();
afterAll(() => files.remove());

async function withSource(
  file: string,
  use: (source: UserFunctionSource, warnings: string[]) => Promise<void>,
  more: Partial<UserFunctionWishes> = {},
): Promise<void> {
  const warnings: string[] = [];
  const source = await UserFunctionSource.open(file, {
    seed: 1,
    timeoutMs: 60_000,
    warn: (message) => void warnings.push(message),
    ...more,
  });
  try {
    await use(source, warnings);
  } finally {
    source.close();
  }
}

const slopesOf = (observations: readonly { features: object; target: unknown }[]) =>
  observations.map(({ features, target }) => Math.round((target as number) / (features as { x: number }).x));

describe("UserFunctionSource", () => {
  it("gives the same from anywhere on, with the truth at its beginning", async () => {
    await withSource(files.write("line.ts", lineFunction(3)), async (source, warnings) => {
      const whole = await source.block(0, 20);
      assert.deepEqual([...await source.block(0, 7), ...await source.block(7, 13)], whole);
      assert.deepEqual(whole[0].truth, { event: 0, concept: "line" });
      assert.equal(whole.filter(({ truth }) => truth !== undefined).length, 1);
      assert.deepEqual(warnings, []);
    });
  });

  it("goes on with a changed file, and says from where", async () => {
    const file = files.write("changing.ts", lineFunction(3));
    await withSource(file, async (source) => {
      await source.block(0, 10);
      assert.equal(await source.refresh(10), undefined);
      files.write("changing.ts", lineFunction(-8));
      assert.deepEqual(await source.refresh(10), { event: 10, concept: "line (version 2)" });
      const changed = await source.block(10, 5);
      assert.deepEqual(slopesOf(changed), [-8, -8, -8, -8, -8]);
      assert.deepEqual(changed[0].truth, { event: 10, concept: "line (version 2)" });
      assert.equal(await source.refresh(15), undefined);
    });
  });

  it("keeps the old one when the changed file cannot be used, and says so once", async () => {
    const file = files.write("broken.ts", lineFunction(3));
    await withSource(file, async (source) => {
      files.write("broken.ts", "export default 5;");
      const problem = await source.refresh(10);
      assert.ok(problem instanceof Error && /default export is 5/.test(problem.message));
      assert.equal(await source.refresh(11), undefined);
      assert.deepEqual(slopesOf(await source.block(11, 2)), [3, 3]);
      files.write("broken.ts", lineFunction(4));
      assert.deepEqual(await source.refresh(20), { event: 20, concept: "line (version 2)" });
    });
  });

  it("refuses a changed file of another task", async () => {
    const file = files.write("labels.ts", lineFunction(3));
    await withSource(file, async (source) => {
      files.write("labels.ts", 'export default () => ({ features: { x: 1 }, target: "a" });');
      const problem = await source.refresh(1);
      assert.ok(
        problem instanceof Error && /is a classification now; a regression is accepted/.test(problem.message),
      );
    });
  });

  it("drifts between its concepts as planned, or as somebody says", async () => {
    const two =
      "const f = (k) => (r) => { const x = r.uniform(); return { features: { x }, target: k * x }; };\n" +
      "export default { calm: f(1), storm: f(9) };";
    await withSource(files.write("two.js", two), async (source) => {
      assert.deepEqual(slopesOf(await source.block(0, 4)), [1, 1, 9, 9]);
      assert.deepEqual(source.switchTo("calm", 4), { event: 4, concept: "calm" });
      assert.deepEqual(slopesOf(await source.block(4, 2)), [1, 1]);
      assert.deepEqual(source.switchTo("", 6), { event: 6, concept: "storm" });
      const [first] = await source.block(6, 1);
      assert.deepEqual(first.truth, { event: 6, concept: "storm" });
      assert.throws(() => source.switchTo("fog", 8), /no concept "fog"/);
    }, { drift: "abrupt(at=2)" });
  });

  it("has times where it has a rate", async () => {
    await withSource(files.write("timed.ts", lineFunction(3)), async (source) => {
      const times = (await source.block(0, 3)).map(({ timeMs }) => timeMs! - Date.UTC(2025, 0, 1));
      assert.deepEqual(times, [0, 500, 1000]);
    }, { rate: 2 });
  });

  it("warns of a function that will not give the same stream again", async () => {
    const text = "export default () => ({ features: { x: Math.random() }, target: 1 });";
    await withSource(files.write("random.js", text), async (_, warnings) => {
      assert.match(warnings[0], /gives something else when asked again/);
    });
  });

  it("says that there is no file, or no such concept", async () => {
    await assert.rejects(withSource(files.path("none.ts"), async () => {}), /no such file/);
    const file = files.write("one.ts", lineFunction(1));
    await assert.rejects(withSource(file, async () => {}, { concept: "storm" }), /no concept "storm"/);
    await assert.rejects(withSource(file, async () => {}, { drift: "abrupt(at=5)" }), /one concept only/);
  });
});

describe("isFunctionFile", () => {
  it("goes by the name's end", () => {
    assert.deepEqual(["./f.ts", "f.mjs", "a/b.js", "sea", "f.csv", "f.ts.ndjson"].map(isFunctionFile), [
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
