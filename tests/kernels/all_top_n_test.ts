import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { DenoWorkerPool } from "../../src/adapters/deno/worker_pool.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import { NumericFailure } from "../../src/domain/failure.ts";
import { allTopN, type AllTopNOptions, type TopNBlock } from "../../src/kernels/all_top_n.ts";
import { InlinePool } from "../../src/kernels/inline_pool.ts";
import { instantiateKernels, type Kernels, sharedMemory } from "../../src/kernels/kernel_module.ts";
import type { KernelPool } from "../../src/kernels/phases.ts";
import { NO_ITEM } from "../../src/ports/recommendation_store.ts";
import { Random } from "../../src/synthesize/random.ts";
import { topN } from "../reference/top_n.ts";
import { powerLawRows, rowsOf } from "./planted_rows.ts";

const portable = await loadKernel("portable");
const fast = await loadKernel("fast");
const entry = new URL("../../src/commands/kernel_worker.ts", import.meta.url);

interface Lists {
  readonly itemIndexes: number[];
  readonly scores: number[];
}

interface Compute {
  readonly pool: KernelPool;
  readonly kernels: Kernels;
}

function inline(): Compute {
  const kernels = instantiateKernels(portable.module);
  return { kernels, pool: new InlinePool(kernels) };
}

async function withWorkers<T>(workerCount: number, use: (compute: Compute) => Promise<T>): Promise<T> {
  const memory = sharedMemory(), { module } = fast;
  const kernels = instantiateKernels(module, memory);
  const pool = await DenoWorkerPool.start({ module, memory, workerCount, entry });
  try {
    return await use({ kernels, pool });
  } finally {
    await pool.close();
  }
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

describe("allTopN", () => {
  it("gives every user's exact list, in the portable build", async () => {
    for (const options of [planted(45, 300, 24, 10), planted(1, 5, 8, 3), planted(33, 2, 8, 4)]) {
      assertSameLists(joined(await listsOf(inline(), options), options), expected(options), options.n);
    }
  });

  it("gives the same to the bit on 1, 2 and 3 workers in the fast build", async () => {
    const options = planted(150, 700, 40, 20), lists = expected(options);
    for (const workerCount of [1, 2, 3]) {
      const blocks = await withWorkers(workerCount, (compute) => listsOf(compute, options));
      assertSameLists(joined(blocks, options), lists, options.n);
    }
  });

  it("puts lists of more users than a block holds together", async () => {
    // 2^18 places a block: 262 users of 1,000.
    const options = planted(600, 40, 8, 1000);
    const blocks = await listsOf(inline(), options);
    assert.deepEqual(blocks.map((block) => block.userCount), [262, 262, 76]);
    assertSameLists(joined(blocks, options), expected(options), options.n);
  });

  it("says which users cannot be listed, after the lists of those before them", async () => {
    const options = planted(600, 40, 8, 1000);
    options.model.userFactors[500 * 8 + 2] = NaN;
    const compute = inline(), lists = allTopN(compute, options), { top } = compute.kernels.arena;
    assert.equal((await lists.next()).value?.firstUserIndex, 0);
    await assert.rejects(
      () => lists.next(),
      (error) => error instanceof NumericFailure && /users 262 to 523/.test(error.message),
    );
    assert.equal(compute.kernels.arena.top, top);
  });

  it("gives its memory back when it ends and when it is left early", async () => {
    const compute = inline(), options = planted(600, 40, 8, 1000), { top } = compute.kernels.arena;
    await listsOf(compute, options);
    assert.equal(compute.kernels.arena.top, top);
    for await (const block of allTopN(compute, options)) if (block.firstUserIndex === 262) break;
    assert.equal(compute.kernels.arena.top, top);
    // What was left behind there must not matter to the next.
    assertSameLists(joined(await listsOf(compute, options), options), expected(options), options.n);
  });
});
