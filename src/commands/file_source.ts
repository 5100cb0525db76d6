/** A training straight from a file, without the log. */
import type { TrainingSource } from "../batch/training_source.ts";
import { type FormatFlags, formatWish } from "./import/format_flags.ts";
import { readRatings } from "./read_ratings.ts";

/** Hears how many rows were refused, and the first of their lines. */
export type RefusedRows = (count: number, firstLine: number) => void;

/**
 * Reads the file when the training asks for it, with as many threads as the training has: one for each core if
 * undefined. Bad rows are left out and reported at the end.
 */
export function fileSource(
  path: string,
  flags: FormatFlags,
  onRefused: RefusedRows,
  threadCount = navigator.hardwareConcurrency,
): TrainingSource {
  return {
    async read(report) {
      const ratings = await readRatings({
        path,
        wish: formatWish(flags),
        threadCount,
        onProgress: (share, interactions) => report({ phase: "read", progress: 0.1 * share, interactions }),
      });
      if (ratings.refusedCount > 0) onRefused(ratings.refusedCount, ratings.firstRefusedLine);
      const userIds = ratings.ids.users.ids(), itemIds = ratings.ids.items.ids();
      const interactions = ratings.builder.build(userIds.length, itemIds.length);
      return { interactions, userIds, itemIds, offset: 0, logId: "" };
    },
  };
}
