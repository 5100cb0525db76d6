/** Users and items of files that do not go through the log, numbered in order of first appearance. */
import type { InteractionColumns } from "../domain/event.ts";
import type { Batch } from "../ingest/row_collector.ts";

export class IdSpace {
  readonly #users = new Map<string, number>();
  readonly #items = new Map<string, number>();

  get userIds(): string[] {
    return [...this.#users.keys()];
  }

  get itemIds(): string[] {
    return [...this.#items.keys()];
  }

  get userCount(): number {
    return this.#users.size;
  }

  get itemCount(): number {
    return this.#items.size;
  }

  /** The batch by this space's indexes. */
  indexed(batch: Batch): InteractionColumns {
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
