import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { NumericFailure } from "../../src/domain/failure.ts";
import { allTopN, type AllTopNOptions, type TopNBlock } from "../../src/kernels/all_top_n.ts";
import type { Kernels } from "../../src/kernels/kernel_module.ts";
import type { KernelPool } from "../../src/kernels/phases.ts";
import { NO_ITEM } from "../../src/ports/recommendation_store.ts";
import { Random } from "../../src/synthesize/random.ts";
import { topN } from "../reference/top_n.ts";
import {
  inlineKernels,
  parametersOf,
  type Planted,
  plantedOf,
  preparedFit,
  withWorkers,
} from "./planted_fit.ts";
import { powerLawRows, rowsOf } from "./planted_rows.ts";

interface Lists {
  readonly itemIndexes: number[];
  readonly scores: number[];
}

interface Compute {
  readonly pool: KernelPool;
  readonly kernels: Kernels;
}

/** Every seventh user has a row of zeros; user 3 has seen everything. */
function planted(userCount: number, itemCount: number, stride: number, n: number): AllTopNOptions {
  const random = Random.seeded(userCount);
  const userFactors = rowsOf(userCount, stride, (user) => user % 7 === 6 ? 0 : random.normal());
  const indptr = new Uint32Array(userCount + 1), indices: number[] = [];
  for (let user = 0; user < userCount; user++) {
    const share = user === 3 ? 1 : random.uniform() * 0.2;
    for (let item = 0; item < itemCount; item++) if (random.uniform() < share) indices.push(item);
    indptr[user + 1] = indices.length;
  }
  const itemFactors = powerLawRows(random, itemCount, stride);
  return {
    model: { stride, userCount, itemCount, userFactors, itemFactors, globalMean: Math.fround(3.1) },
    seen: { indptr, indices: Uint32Array.from(indices) },
    n,
  };
}

async function listsOf(compute: Compute, options: AllTopNOptions): Promise<TopNBlock[]> {
  const blocks: TopNBlock[] = [];
  for await (const block of allTopN(compute, options)) blocks.push(block);
  return blocks;
}

/** The blocks put together, and checked to be in order and complete. */
function joined(blocks: readonly TopNBlock[], { model, n }: AllTopNOptions): Lists {
  let next = 0;
  for (const block of blocks) {
    assert.deepEqual([block.firstUserIndex, block.n], [next, n]);
    assert.deepEqual([block.itemIndexes.length, block.scores.length], [
      block.userCount * n,
      block.userCount * n,
    ]);
    next += block.userCount;
  }
  assert.equal(next, model.userCount);
  return {
    itemIndexes: blocks.flatMap((block) => [...block.itemIndexes]),
    scores: blocks.flatMap((block) => [...block.scores]),
  };
}

/** Says the first place that differs: a comparison of everything would take minutes to say all of them. */
function assertSameLists(actual: Lists, expected: Lists, n: number): void {
  const { itemIndexes, scores } = expected;
  assert.deepEqual([actual.itemIndexes.length, actual.scores.length], [itemIndexes.length, scores.length]);
  for (let at = 0; at < itemIndexes.length; at++) {
    if (actual.itemIndexes[at] === itemIndexes[at] && Object.is(actual.scores[at], scores[at])) continue;
    assert.fail(
      `user ${Math.floor(at / n)}, place ${at % n}: item ${actual.itemIndexes[at]} with ${
        actual.scores[at]
      } ` +
        `instead of ${itemIndexes[at]} with ${scores[at]}`,
    );
  }
}

/** The same by scoring and sorting. */
function expected({ model, seen, n }: AllTopNOptions): Lists {
  const itemIndexes: number[] = [], scores: number[] = [];
  for (let user = 0; user < model.userCount; user++) {
    const row = model.userFactors.slice(user * model.stride, (user + 1) * model.stride);
    const best = row.every((x) => x === 0)
      ? { itemIndexes: [], scores: [] }
      : topN(row, model.itemFactors, n, seen.indices.slice(seen.indptr[user], seen.indptr[user + 1]));
    const missing = n - best.itemIndexes.length;
    itemIndexes.push(...best.itemIndexes, ...new Array(missing).fill(NO_ITEM));
    scores.push(
      ...best.scores.map((score) => Math.fround(score + model.globalMean)),
      ...new Array(missing).fill(0),
    );
  }
  return { itemIndexes, scores };
}

const RATINGS = new URL("../../../shared/data/movielens-100k/u.data.gz", import.meta.url);

function skipWithoutRatings(): string | false {
  try {
    Deno.statSync(RATINGS);
    return false;
  } catch {
    return "movielens-100k is not in ../shared/data";
  }
}

/** MovieLens 100K. */
async function realRatings(): Promise<Planted> {
  const file = await Deno.open(RATINGS);
  const text = await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
  const rows: [number, number][][] = Array.from({ length: 943 }, () => []);
  for (const line of text.trim().split("\n")) {
    const [user, item, rating] = line.split("\t").map(Number);
    rows[user - 1].push([item - 1, rating]);
  }
  return plantedOf(rows.map((row) => row.sort((a, b) => a[0] - b[0])), 1682);
}

describe("allTopN", () => {
  it("gives every user's exact list, in the portable build", async () => {
    for (const options of [planted(45, 300, 24, 10), planted(1, 5, 8, 3), planted(33, 2, 8, 4)]) {
      assertSameLists(joined(await listsOf(inlineKernels(), options), options), expected(options), options.n);
    }
  });

  it("gives the same to the bit on 1, 2 and 3 workers in the fast build", async () => {
    const options = planted(150, 700, 40, 20), lists = expected(options);
    for (const workerCount of [1, 2, 3]) {
      const blocks = await withWorkers(workerCount, (pool, kernels) => listsOf({ pool, kernels }, options));
      assertSameLists(joined(blocks, options), lists, options.n);
    }
  });

  for (const feedback of ["explicit", "implicit"] as const) {
    it(
      `is exact over factors learnt from real ratings, ${feedback}`,
      { skip: skipWithoutRatings() },
      async () => {
        const data = await realRatings(), parameters = parametersOf(feedback, 32);
        await withWorkers(2, async (pool, kernels) => {
          const fit = await preparedFit(pool, kernels, data, { parameters });
          for (let epoch = 0; epoch < 4; epoch++) await fit.epoch();
          // A tenth of the users: the plain version is slow.
          const model = { ...fit.model(), userCount: 94 };
          const options = { model, seen: data.byUser, n: 20 };
          const lists = expected(options);
          assertSameLists(joined(await listsOf({ pool, kernels }, options), options), lists, 20);
          assertSameLists(joined(await listsOf(inlineKernels(), options), options), lists, 20);
        });
      },
    );
  }

  it("puts lists of more users than a block holds together", async () => {
    // 2^18 places a block: 262 users of 1,000.
    const options = planted(600, 40, 8, 1000);
    const blocks = await listsOf(inlineKernels(), options);
    assert.deepEqual(blocks.map((block) => block.userCount), [262, 262, 76]);
    assertSameLists(joined(blocks, options), expected(options), options.n);
  });

  it("says which users cannot be listed, after the lists of those before them", async () => {
    const options = planted(600, 40, 8, 1000);
    options.model.userFactors[500 * 8 + 2] = NaN;
    const compute = inlineKernels(), lists = allTopN(compute, options), { top } = compute.kernels.arena;
    assert.equal((await lists.next()).value?.firstUserIndex, 0);
    await assert.rejects(
      () => lists.next(),
      (error) => error instanceof NumericFailure && /users 262 to 523/.test(error.message),
    );
    assert.equal(compute.kernels.arena.top, top);
  });

  it("gives its memory back when it ends and when it is left early", async () => {
    const compute = inlineKernels(), options = planted(600, 40, 8, 1000), { top } = compute.kernels.arena;
    await listsOf(compute, options);
    assert.equal(compute.kernels.arena.top, top);
    for await (const block of allTopN(compute, options)) if (block.firstUserIndex === 262) break;
    assert.equal(compute.kernels.arena.top, top);
    // What was left behind there must not matter to the next.
    assertSameLists(joined(await listsOf(compute, options), options), expected(options), options.n);
  });
});
