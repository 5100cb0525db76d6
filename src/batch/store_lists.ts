/** The lists of all users of a generation, computed block by block while the store writes the blocks before. */
import type { GenerationContent } from "../domain/generation.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { allTopN } from "../kernels/all_top_n.ts";
import type { ListBlock, RecommendationStore } from "../ports/recommendation_store.ts";
import { PopularItems } from "../recommend/popular.ts";
import type { Compute } from "./fit_model.ts";
import type { TrainingReport } from "./training_report.ts";

/** Writes lists of `n` items for every user and the popular one; gives the milliseconds that computing took. */
export async function storeLists(
  content: GenerationContent,
  recommendations: RecommendationStore,
  compute: Compute,
  n: number,
  report: TrainingReport,
): Promise<number> {
  if (n === 0) return 0;
  const { generation, userIds, itemIds, model, seen } = content;
  let computingMs = 0;
  async function* blocks(): AsyncGenerator<ListBlock> {
    let startedMs = compute.clock.monotonicMs();
    for await (const block of allTopN(compute, { model, seen, n })) {
      computingMs += compute.clock.monotonicMs() - startedMs;
      yield block;
      const share = (block.firstUserIndex + block.userCount) / model.userCount;
      report({ phase: "lists", progress: 0.9 + 0.1 * share });
      startedMs = compute.clock.monotonicMs();
    }
  }
  const header = {
    generation: generation.generation,
    userIds,
    itemIds,
    appliedOffset: generation.offset,
    timeMs: generation.createdAtMs,
    popular: popularList(content, n),
  };
  await recommendations.write(header, blocks());
  return computingMs;
}

/** Items with the most interactions, ties by index; their score is that number. */
function popularList({ itemCounts, itemIds }: GenerationContent, n: number): Recommendation[] {
  return Array.from(new PopularItems(itemCounts).order.subarray(0, n), (item, place) => ({
    itemId: itemIds[item],
    score: itemCounts[item],
    rank: place + 1,
  }));
}
