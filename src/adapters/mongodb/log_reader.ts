/** Reads the log in MongoDB. */
import type { Collection } from "mongodb";
import type { LoggedEvent, LoggedEventColumns } from "../../domain/event.ts";
import { OutsideFailure } from "../../domain/failure.ts";
import type { UserEventsOptions } from "../../ports/event_log.ts";
import { doublesOf, wordsOf } from "./binary.ts";
import { type Connection, pause } from "./connection.ts";
import { ColumnsBuffer } from "./columns_buffer.ts";
import {
  type CodedEvent,
  type EntryDocument,
  type EventKey,
  eventsOf,
  isErased,
  keyOf,
} from "./log_entries.ts";
import type { LogState } from "./log_state.ts";
import { failureOf, isPassing } from "./mongo_failure.ts";

const COLUMNS = {
  end: 1,
  "parts.start": 1,
  "parts.users": 1,
  "parts.items": 1,
  "parts.values": 1,
  "parts.timesMs": 1,
} as const;
/** A cursor that broke is opened again where it was. */
const TRIES = 12;
const MOST_PAUSE_MS = 1_000;

export class LogReader {
  readonly #connection: Connection;
  readonly #entries: Collection<EntryDocument>;
  readonly #state: LogState;

  constructor(connection: Connection, entries: Collection<EntryDocument>, state: LogState) {
    this.#connection = connection;
    this.#entries = entries;
    this.#state = state;
  }

  /** Events in [from, until), where the state knows everything below `until`. */
  async *read(from: number, until: number, batchCount: number): AsyncGenerator<LoggedEventColumns> {
    if (from >= until) return;
    const buffer = new ColumnsBuffer(Math.min(batchCount, until - from));
    for await (const { _id, parts = [] } of this.#entriesFrom(from, until)) {
      for (const part of parts) {
        const users = wordsOf(part.users), items = wordsOf(part.items);
        const values = doublesOf(part.values), timesMs = doublesOf(part.timesMs), first = _id + part.start;
        const end = Math.min(users.length, until - first);
        for (let place = Math.max(0, from - first); place < end; place++) {
          if (this.#state.isErased(users[place])) continue;
          if (buffer.isFull) yield buffer.take();
          buffer.add(first + place, users[place], items[place], values[place], timesMs[place]);
        }
      }
    }
    if (buffer.count > 0) yield buffer.take();
  }

  /** Newest first. */
  async eventsOfUser(
    user: number,
    { limit, beforeOffset = Infinity }: UserEventsOptions,
  ): Promise<LoggedEvent[]> {
    const found: LoggedEvent[] = [];
    for (let before = beforeOffset; found.length < limit;) {
      const entries = await this.#entriesOfUser(user, before, Math.min(64, Math.ceil(limit - found.length)));
      if (entries.length === 0) break;
      for (const { _id, parts } of entries) {
        const events = parts!.flatMap((part) => eventsOf(_id, part)).filter((event) => event.user === user);
        found.push(...this.#visible(events).filter(({ offset }) => offset < beforeOffset).reverse());
      }
      before = entries.at(-1)!._id;
    }
    return found.slice(0, Math.max(0, limit));
  }

  /** Whether or not it is deleted. */
  async find(eventId: string): Promise<CodedEvent | undefined> {
    const key = keyOf(eventId);
    const entry = await this.#connection.run(
      "read an event",
      () =>
        this.#entries.findOne({ "parts.ids": key }, {
          projection: {
            parts: { $filter: { input: "$parts", cond: { $in: [{ $literal: key }, "$$this.ids"] } } },
          },
        }),
    );
    for (const part of entry?.parts ?? []) {
      const place = part.ids.findIndex((one) => isSame(one, key));
      if (place >= 0) return eventsOf(entry!._id, part)[place];
    }
    return undefined;
  }

  async countOfUser(user: number): Promise<number> {
    let count = 0;
    for (let before = Infinity;;) {
      const entries = await this.#entriesOfUser(user, before, 64);
      if (entries.length === 0) return count;
      for (const part of entries.flatMap(({ parts }) => parts!)) {
        count += wordsOf(part.users).reduce((sum, one) => sum + Number(one === user), 0);
      }
      before = entries.at(-1)!._id;
    }
  }

  #visible(events: readonly CodedEvent[]): LoggedEvent[] {
    return events.filter(({ offset }) => this.#state.deletedBy(offset) === undefined)
      .map((event) => this.#state.named(event)).filter((event) => event !== undefined);
  }

  /** With those parts that hold events of the user. */
  #entriesOfUser(user: number, before: number, limit: number): Promise<EntryDocument[]> {
    const parts = { $filter: { input: "$parts", cond: { $in: [user, "$$this.who"] } } };
    return this.#connection.run(
      "read a user's events",
      () =>
        this.#entries.find({ who: user, _id: { $lt: before } }, { projection: { parts } })
          .sort({ _id: -1 }).limit(limit).toArray(),
    );
  }

  /** Entries with records in [from, until), columns only. */
  async *#entriesFrom(from: number, until: number): AsyncGenerator<EntryDocument> {
    const what = "read the log";
    const first = await this.#connection.run(
      what,
      () => this.#entries.findOne({ _id: { $lte: from } }, { sort: { _id: -1 }, projection: { _id: 1 } }),
    );
    let next = first?._id ?? 0;
    for (let tries = 1; next < until; tries++) {
      try {
        const filter = { _id: { $gte: next, $lt: until } };
        for await (const entry of this.#entries.find(filter, { projection: COLUMNS }).sort({ _id: 1 })) {
          if (entry._id !== next) throw this.#gap(next);
          yield entry as EntryDocument;
          next = entry.end, tries = 1;
        }
        if (next < until) throw this.#gap(next);
      } catch (error) {
        if (!isPassing(error) || tries >= TRIES) throw failureOf(what, this.#connection.place, error);
        await pause(Math.min(MOST_PAUSE_MS, 10 * 2 ** tries));
      }
    }
  }

  #gap(offset: number): OutsideFailure {
    return new OutsideFailure(
      `cannot read the log in ${this.#connection.place}: the document of offset ${offset} is missing; restore the database`,
    );
  }
}

function isSame(one: EventKey, other: EventKey): boolean {
  if (typeof one === "string" || typeof other === "string") return one === other;
  return !isErased(one) && one.toString("hex") === other.toString("hex");
}
