/** A planted world's events in the forms that others take: columns for the log, interactions for a file. */
import type { Interaction, NewEventColumns } from "../domain/event.ts";
import { hash128 } from "../domain/event_key.ts";
import { itemIdOf, type PlantedWorld, userIdOf } from "./planted_world.ts";

/**
 * The events in order, `rowCount` at a time. Keys are made from the world's options and the event's number: the same
 * world brought into a log twice changes nothing, two different worlds do not collide.
 */
export function* eventBatches(world: PlantedWorld, rowCount = 32_768): Generator<NewEventColumns> {
  const { events, truth } = world;
  const users = new BatchIds(truth.userCount, userIdOf), items = new BatchIds(truth.itemCount, itemIdOf);
  const keyOf = eventKeys(world);
  for (let start = 0; start < events.count; start += rowCount) {
    const end = Math.min(events.count, start + rowCount);
    const keys = new Uint32Array(4 * (end - start));
    for (let row = start; row < end; row++) keyOf(row, keys, 4 * (row - start));
    const [userCodes, userIds] = users.encode(events.users.subarray(start, end));
    const [itemCodes, itemIds] = items.encode(events.items.subarray(start, end));
    yield {
      count: end - start,
      users: userCodes,
      items: itemCodes,
      values: events.values.slice(start, end),
      timesMs: events.timesMs.slice(start, end),
      userIds,
      itemIds,
      keys,
    };
  }
}

/** The events one by one, in order. */
export function* interactionsOf(world: PlantedWorld): Generator<Interaction> {
  const { count, users, items, values, timesMs } = world.events;
  for (let i = 0; i < count; i++) {
    yield { userId: userIdOf(users[i]), itemId: itemIdOf(items[i]), value: values[i], timeMs: timesMs[i] };
  }
}

/** Numbers a batch's indexes by first appearance, without a Map: a stamp says whether an index was seen in this batch. */
class BatchIds {
  readonly #batchOf: Uint32Array;
  readonly #codeOf: Uint32Array;
  #batch = 0;

  constructor(count: number, readonly idOf: (index: number) => string) {
    this.#batchOf = new Uint32Array(count);
    this.#codeOf = new Uint32Array(count);
  }

  encode(indexes: Uint32Array): [codes: Uint32Array, ids: string[]] {
    const batch = ++this.#batch;
    const ids: string[] = [];
    const codes = indexes.map((index) => {
      if (this.#batchOf[index] !== batch) {
        this.#batchOf[index] = batch;
        this.#codeOf[index] = ids.push(this.idOf(index)) - 1;
      }
      return this.#codeOf[index];
    });
    return [codes, ids];
  }
}

function eventKeys(world: PlantedWorld): (row: number, out: Uint32Array, at: number) => void {
  const description = new TextEncoder().encode(JSON.stringify(world.options));
  const words = new Uint32Array(5), bytes = new Uint8Array(words.buffer);
  hash128(description, 0, description.length, words, 0);
  return (row, out, at) => {
    words[4] = row;
    hash128(bytes, 0, bytes.length, out, at);
  };
}
