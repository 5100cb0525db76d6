/** A training straight from a file, without the log. */
import { openInput } from "../adapters/deno/open_input.ts";
import { InteractionsBuilder } from "../batch/interactions.ts";
import type { TrainingSource } from "../batch/training_source.ts";
import { readEvents } from "../ingest/read_events.ts";
import { type FormatFlags, formatWish } from "./import/format_flags.ts";
import { IdSpace } from "./id_space.ts";

/** Hears how many rows were refused, and the first of their lines. */
export type RefusedRows = (count: number, firstLine: number) => void;

/** Reads the file when the training asks for it. Bad rows are left out and reported at the end. */
export function fileSource(path: string, flags: FormatFlags, onRefused: RefusedRows): TrainingSource {
  return {
    async read(report) {
      let readBytes = 0, refusedCount = 0, firstLine = 0;
      const input = await openInput(path, { onRead: (sizeBytes) => readBytes += sizeBytes });
      const ids = new IdSpace(), builder = new InteractionsBuilder();
      const onReject = ({ line, isMore }: { line: number; isMore: boolean }) => {
        if (!isMore && refusedCount++ === 0) firstLine = line;
        return false;
      };
      for await (const batch of readEvents({ chunks: input.chunks, wish: formatWish(flags), onReject })) {
        builder.add(ids.indexed(batch));
        const share = input.sizeBytes === undefined ? 0.5 : Math.min(1, readBytes / input.sizeBytes);
        report({ phase: "read", progress: 0.1 * share, interactions: builder.count });
      }
      if (refusedCount > 0) onRefused(refusedCount, firstLine);
      const { userIds, itemIds } = ids;
      const interactions = builder.build(userIds.length, itemIds.length);
      return { interactions, userIds, itemIds, offset: 0, logId: "" };
    },
  };
}
