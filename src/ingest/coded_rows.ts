/** Rows as columns of codes for a fit: nothing is made for a row, and a string only for an id. */
import type { InteractionColumns, NewEvent } from "../domain/event.ts";
import { IdDictionary } from "./id_dictionary.ts";
import {
  type IdField,
  type OnReject,
  type Refusal,
  refusalOfId,
  refusalOfValue,
  RowSink,
} from "./row_sink.ts";
import type { EventRules } from "./validate_event.ts";

/** The numbering of users and items: dense, in order of first appearance among the rows that were taken. */
export interface IdDictionaries {
  readonly users: IdDictionary;
  readonly items: IdDictionary;
}

export function emptyDictionaries(): IdDictionaries {
  return { users: new IdDictionary(), items: new IdDictionary() };
}

export interface CodedRowsOptions {
  readonly rules: EventRules;
  readonly ids: IdDictionaries;
  readonly onReject: OnReject;
  /** Most rows in a batch. */
  readonly batchCount?: number;
}

const BATCH_COUNT = 32_768;

/** `users` and `items` of its batches are codes of `ids`. A row with an id or a type of its own is one like any other. */
export class CodedRows extends RowSink<InteractionColumns> {
  readonly #ids: IdDictionaries;
  readonly #batchCount: number;
  #users: Uint32Array;
  #items: Uint32Array;
  #values: Float64Array;
  #timesMs: Float64Array;
  #count = 0;
  readonly #ready: InteractionColumns[] = [];

  constructor({ rules, ids, onReject, batchCount = BATCH_COUNT }: CodedRowsOptions) {
    super(rules, onReject);
    this.#ids = ids;
    this.#batchCount = batchCount;
    this.#users = new Uint32Array(batchCount), this.#items = new Uint32Array(batchCount);
    this.#values = new Float64Array(batchCount), this.#timesMs = new Float64Array(batchCount);
  }

  add(
    bytes: Uint8Array,
    userStart: number,
    userEnd: number,
    itemStart: number,
    itemEnd: number,
    value: number,
    timeMs: number,
  ): Refusal | undefined {
    const refusal = refusalOfValue(value, this.rules);
    if (refusal !== undefined) return refusal;
    const { users, items } = this.#ids;
    let user = users.known(bytes, userStart, userEnd), item = items.known(bytes, itemStart, itemEnd);
    if (user < 0 || item < 0) {
      // Both are looked at before one is added: an id of refused rows only has no number.
      const bad = (user < 0 ? this.idRefusal("userId", bytes, userStart, userEnd) : undefined) ??
        (item < 0 ? this.idRefusal("itemId", bytes, itemStart, itemEnd) : undefined);
      if (bad !== undefined) return bad;
      if (user < 0) user = users.addMissing(bytes, userStart, userEnd);
      if (item < 0) item = items.addMissing(bytes, itemStart, itemEnd);
    }
    const row = this.#count;
    this.#users[row] = user, this.#items[row] = item;
    this.#values[row] = value, this.#timesMs[row] = timeMs;
    if (++this.#count === this.#batchCount) this.#cut();
    return undefined;
  }

  idRefusal(field: IdField, bytes: Uint8Array, start: number, end: number): Refusal | undefined {
    const problem = this.#ids[field === "userId" ? "users" : "items"].problemOf(bytes, start, end);
    return problem < 0 ? refusalOfId(field, problem) : undefined;
  }

  addNamed({ value, timeMs }: Pick<NewEvent, "value" | "timeMs">, ids: Uint8Array, userEnd: number): void {
    const typeAt = ids.indexOf(0, userEnd);
    this.add(ids, 0, userEnd, userEnd, typeAt < 0 ? ids.length : typeAt, value, timeMs);
  }

  takeFull(): InteractionColumns[] {
    return this.#ready.splice(0);
  }

  takeAll(): InteractionColumns[] {
    if (this.#count > 0) this.#cut();
    return this.takeFull();
  }

  #cut(): void {
    const count = this.#count;
    this.#ready.push({
      count,
      users: this.#users.slice(0, count),
      items: this.#items.slice(0, count),
      values: this.#values.slice(0, count),
      timesMs: this.#timesMs.slice(0, count),
    });
    this.#count = 0;
  }
}
