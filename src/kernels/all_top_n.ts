/** Exact top-N of every user, on all workers of a pool: identical to the one-row search to the bit. */
import type { FactorModel } from "../domain/factor_model.ts";
import { NumericFailure } from "../domain/failure.ts";
import type { RatingMatrix } from "../domain/rating_matrix.ts";
import { ItemIndex } from "./item_index.ts";
import type { Kernels } from "./kernel_module.ts";
import { type KernelPool, Phases } from "./phases.ts";
import { allocateSearches } from "./search.ts";

export interface AllTopNOptions {
  readonly model: Pick<
    FactorModel,
    "stride" | "userCount" | "itemCount" | "userFactors" | "itemFactors" | "globalMean"
  >;
  /** Items to leave out of each user's list (CSR by user). */
  readonly seen: Pick<RatingMatrix, "indptr" | "indices">;
  /** Places of each list, at least 1. */
  readonly n: number;
}

/** Lists of consecutive users: ports/recommendation_store.ts `ListBlock`. The arrays belong to the receiver. */
export interface TopNBlock {
  readonly firstUserIndex: number;
  readonly userCount: number;
  readonly n: number;
  /** userCount x n, best first; places left over hold 0xffffffff (NO_ITEM), and so do all of a user whose row is zeros. */
  readonly itemIndexes: Uint32Array;
  /** userCount x n: globalMean + canonical dot product, in single precision; 0 in places left over. */
  readonly scores: Float32Array;
}

/** Users of a search that a worker treats together: core-wasm/assembly/top_n.ts. */
const BATCH_USERS = 16;
const BLOCK_USERS = 4096;
const BLOCK_PLACES = 1 << 18;

/**
 * Gives the lists of all users in order. While the receiver works on a block, the workers compute the next one.
 * `pool` and `kernels` are over the same memory; nobody else may run kernels or allocate there until it ends, and what it
 * allocates is given back then. Throws NumericFailure if a user's row is not finite or its norm is above 1e18, BadInput
 * if an item's is.
 */
export async function* allTopN(
  { pool, kernels }: { readonly pool: KernelPool; readonly kernels: Kernels },
  options: AllTopNOptions,
): AsyncGenerator<TopNBlock, void, void> {
  const { userCount } = options.model;
  const top = kernels.arena.top;
  const users = Math.max(BATCH_USERS, Math.min(BLOCK_USERS, Math.floor(BLOCK_PLACES / options.n)));
  let running: Promise<unknown> | undefined;
  try {
    const search = new BlockSearch(pool, kernels, options, users);
    const start = (first: number) => {
      const block = search.run(first);
      // It may fail while the receiver is still at work: it is told when it asks for this block.
      running = block.catch(() => {});
      return block;
    };
    let next = start(0);
    for (let first = 0; first < userCount; first += users) {
      const block = await next;
      if (first + users < userCount) next = start(first + users);
      yield block;
    }
  } finally {
    await running;
    kernels.arena.release(top);
  }
}

/** Memory for one block of users at a time. */
class BlockSearch {
  readonly #phases: Phases;
  readonly #kernels: Kernels;
  readonly #options: AllTopNOptions;
  readonly #blockUsers: number;
  readonly #items: ItemIndex;
  readonly #searches: number[];
  readonly #rows: number;
  readonly #indptr: number;
  readonly #indices: number;
  readonly #outIndexes: number;
  readonly #outScores: number;

  constructor(pool: KernelPool, kernels: Kernels, options: AllTopNOptions, blockUsers: number) {
    const { arena } = kernels, { model, seen, n } = options;
    this.#kernels = kernels;
    this.#options = options;
    this.#blockUsers = blockUsers;
    this.#phases = new Phases(pool, kernels);
    this.#items = new ItemIndex(kernels, {
      rows: model.itemFactors,
      count: model.itemCount,
      stride: model.stride,
      searchers: model.userFactors,
    });
    this.#rows = arena.allocate(blockUsers * model.stride * 4);
    this.#indptr = arena.allocate((blockUsers + 1) * 4);
    this.#indices = arena.allocate(mostSeen(seen.indptr, model.userCount, blockUsers) * 4);
    this.#outIndexes = arena.allocate(blockUsers * n * 4);
    this.#outScores = arena.allocate(blockUsers * n * 4);
    this.#searches = Array.from(
      { length: pool.workerCount },
      () => allocateSearches(arena, this.#items, BATCH_USERS),
    );
  }

  async run(first: number): Promise<TopNBlock> {
    const { arena } = this.#kernels, { model, n } = this.#options;
    const userCount = Math.min(this.#blockUsers, model.userCount - first);
    this.#copyIn(first, userCount);
    const refused = await this.#phases.run("topNUsers", (worker) => [
      this.#phases.cursor,
      this.#searches[worker],
      this.#items.address,
      this.#rows,
      userCount,
      this.#indptr,
      this.#indices,
      n,
      this.#outIndexes,
      this.#outScores,
    ]);
    if (refused.some((count) => count > 0)) {
      throw new NumericFailure(
        `listing for users ${first} to ${first + userCount - 1}: a row's norm is not finite, or above 1e18`,
      );
    }
    const itemIndexes = arena.u32(this.#outIndexes, userCount * n).slice();
    const scores = arena.f32(this.#outScores, userCount * n).slice();
    addMean(itemIndexes, scores, model.globalMean);
    return { firstUserIndex: first, userCount, n, itemIndexes, scores };
  }

  #copyIn(first: number, userCount: number): void {
    const { arena } = this.#kernels, { model, seen } = this.#options;
    const { stride, userFactors } = model;
    arena.f32(this.#rows, userCount * stride).set(
      userFactors.subarray(first * stride, (first + userCount) * stride),
    );
    const start = seen.indptr[first], end = seen.indptr[first + userCount];
    arena.u32(this.#indptr, userCount + 1).set(
      seen.indptr.subarray(first, first + userCount + 1).map((at) => at - start),
    );
    arena.u32(this.#indices, end - start).set(seen.indices.subarray(start, end));
  }
}

/** Most seen items of any block. */
function mostSeen(indptr: Uint32Array, userCount: number, blockUsers: number): number {
  let most = 0;
  for (let first = 0; first < userCount; first += blockUsers) {
    most = Math.max(most, indptr[Math.min(first + blockUsers, userCount)] - indptr[first]);
  }
  return most;
}

const NO_ITEM = 0xffffffff;

function addMean(itemIndexes: Uint32Array, scores: Float32Array, globalMean: number): void {
  if (globalMean === 0) return;
  for (let k = 0; k < scores.length; k++) if (itemIndexes[k] !== NO_ITEM) scores[k] += globalMean;
}
