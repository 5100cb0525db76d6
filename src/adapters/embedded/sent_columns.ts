/**
 * Batches of columns on their way through a port. An id crosses once and is a number from then on: cloning the ids of
 * every batch, and hashing the clones, took a third of the time of a large import.
 */
import type { NewEventColumns } from "../../domain/event.ts";

/** A list of ids: their numbers on this port, and the ids of the numbers that are new. */
export interface SentIds {
  readonly numbers: Uint32Array;
  readonly added: readonly string[];
}

/** As NewEventColumns, with arrays that may be transferred. */
export interface SentColumns {
  readonly count: number;
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly values: Float64Array;
  readonly timesMs: Float64Array;
  readonly keys: Uint32Array;
  readonly userIds: SentIds;
  readonly itemIds: SentIds;
}

/** Numbers ids in the order in which they are first sent. */
class IdSender {
  readonly #numbers = new Map<string, number>();

  send(ids: readonly string[]): SentIds {
    const numbers = new Uint32Array(ids.length), added: string[] = [];
    ids.forEach((id, i) => {
      let number = this.#numbers.get(id);
      if (number === undefined) {
        number = this.#numbers.size;
        this.#numbers.set(id, number);
        added.push(id);
      }
      numbers[i] = number;
    });
    return { numbers, added };
  }
}

class IdReceiver {
  readonly #ids: string[] = [];

  receive({ numbers, added }: SentIds): string[] {
    for (const id of added) this.#ids.push(id);
    return Array.from(numbers, (number) => this.#ids[number]);
  }
}

/** One for each port; what it makes must be sent, in order. */
export class ColumnSender {
  readonly #users = new IdSender();
  readonly #items = new IdSender();

  /** Copies: the caller's arrays stay the caller's. */
  send({ count, users, items, values, timesMs, keys, userIds, itemIds }: NewEventColumns): SentColumns {
    return {
      count,
      users: users.slice(0, count),
      items: items.slice(0, count),
      values: values.slice(0, count),
      timesMs: timesMs.slice(0, count),
      keys: keys.slice(0, 4 * count),
      userIds: this.#users.send(userIds),
      itemIds: this.#items.send(itemIds),
    };
  }
}

/** The other end. */
export class ColumnReceiver {
  readonly #users = new IdReceiver();
  readonly #items = new IdReceiver();

  receive(columns: SentColumns): NewEventColumns {
    return {
      ...columns,
      userIds: this.#users.receive(columns.userIds),
      itemIds: this.#items.receive(columns.itemIds),
    };
  }
}
