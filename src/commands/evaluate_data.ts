/** Data files of an evaluation, in one space of user and item indexes. */
import { type Interactions, InteractionsBuilder } from "../batch/interactions.ts";
import type { InteractionColumns } from "../domain/event.ts";
import { BadInput, OutsideFailure } from "../domain/failure.ts";
import type { FormatWish } from "../ingest/detect_format.ts";
import { readEvents } from "../ingest/read_events.ts";
import type { Batch } from "../ingest/row_collector.ts";
import { readUnpacked } from "./unpacked_file.ts";

/** The interactions of several files, or of several groups of files, by the same indexes. */
export class DataFiles {
  readonly #users = new Map<string, number>();
  readonly #items = new Map<string, number>();
  readonly #wish: FormatWish;

  constructor(wish: FormatWish = {}) {
    this.#wish = wish;
  }

  /** All rows of these files, one after the other; `build` gives them once every file of the evaluation was read. */
  async read(paths: readonly string[]): Promise<() => Interactions> {
    const builder = new InteractionsBuilder();
    for (const path of paths) {
      let refusedLine = 0;
      const onReject = ({ line }: { line: number }) => {
        refusedLine = line;
        return true;
      };
      for await (const batch of readEvents({ chunks: readUnpacked(path), wish: this.#wish, onReject })) {
        builder.add(this.#indexed(batch));
      }
      if (refusedLine > 0) {
        throw new BadInput(
          `${path}, line ${refusedLine}: no user, item and value can be read there; an evaluation takes whole files`,
        );
      }
    }
    if (builder.count === 0) {
      throw new BadInput(`${paths.join(", ")}: no interactions in there; at least one is needed`);
    }
    return () => builder.build(this.#users.size, this.#items.size);
  }

  #indexed(batch: Batch): InteractionColumns {
    if (batch.kind === "columns") {
      const { columns } = batch;
      const users = columns.userIds.map((id) => indexOf(this.#users, id));
      const items = columns.itemIds.map((id) => indexOf(this.#items, id));
      return {
        ...columns,
        users: columns.users.map((code) => users[code]),
        items: columns.items.map((code) => items[code]),
      };
    }
    const { events } = batch;
    return {
      count: events.length,
      users: Uint32Array.from(events, ({ userId }) => indexOf(this.#users, userId)),
      items: Uint32Array.from(events, ({ itemId }) => indexOf(this.#items, itemId)),
      values: Float64Array.from(events, ({ value }) => value),
      timesMs: Float64Array.from(events, ({ timeMs }) => timeMs),
    };
  }
}

function indexOf(indexes: Map<string, number>, id: string): number {
  let index = indexes.get(id);
  if (index === undefined) indexes.set(id, index = indexes.size);
  return index;
}
