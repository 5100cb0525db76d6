/**
 * Appends to the log in MongoDB. An entry is inserted under the `_id` that is the offset after the last record that is
 * known here. If another process was faster, that `_id` is taken and the insertion is refused whole; so is one that holds
 * an event id that is there already, by the unique index. Then the writer learns what is new and tries again. So offsets
 * have no gaps, codes are in the order of the log, and an append is whole or absent, all by single insertions.
 */
import type { Collection } from "mongodb";
import type { NewEvent } from "../../domain/event.ts";
import { OutsideFailure } from "../../domain/failure.ts";
import type { AppendResult } from "../../ports/event_log.ts";
import { type Connection, pause } from "./connection.ts";
import {
  type CodedEvent,
  type EntryDocument,
  type EventKey,
  eventsOf,
  hashedKey,
  idOf,
  isErased,
  keyOf,
} from "./log_entries.ts";
import { type AppendPlan, entryOfEvents, type KnownEvent, planAppend } from "./log_plan.ts";
import type { LogState } from "./log_state.ts";
import { isDuplicate } from "./mongo_failure.ts";

const WHAT = "append to the log";
/** Refused so often without any news, an append gives up. */
const TRIES = 30;
const FIRST_PAUSE_MS = 2, MOST_PAUSE_MS = 300;

export class LogWriter {
  readonly #connection: Connection;
  readonly #entries: Collection<EntryDocument>;
  readonly #state: LogState;
  readonly #salt: string;
  /** The last events were there already, as when a file is imported again: so it is asked first. */
  #expectsRepeats = false;

  constructor(connection: Connection, entries: Collection<EntryDocument>, state: LogState, salt: string) {
    this.#connection = connection;
    this.#entries = entries;
    this.#state = state;
    this.#salt = salt;
  }

  /** `hasBodies`: which of the events are compared with the body of the one that has their id. */
  async append(
    events: readonly NewEvent[],
    hasBodies: (place: number) => boolean,
  ): Promise<readonly AppendResult[]> {
    const first = async () =>
      this.#expectsRepeats || this.#state.hasErased ? await this.#known(events, hasBodies) : NONE;
    if (this.#state.end === 0) await this.#state.catchUp();
    let known = await first(), plan!: AppendPlan;
    await this.insert(() => {
      plan = planAppend(events, known, this.#state.end);
      return plan.created.length === 0 ? undefined : entryOfEvents(this.#state, plan.created);
    }, async () => void (known = await this.#known(events, hasBodies)));
    this.#expectsRepeats = 2 * plan.created.length < events.length;
    return plan.results;
  }

  /**
   * Inserts the entry that `make` makes of the state; undefined: there is nothing to do. After a refusal the state has
   * learned what is new, `onRefused` runs, and `make` is called again. Gives the entry's offset.
   */
  async insert(
    make: () => EntryDocument | undefined | Promise<EntryDocument | undefined>,
    onRefused: () => Promise<void> = async () => {},
  ): Promise<number | undefined> {
    for (let tries = 1, pauseMs = FIRST_PAUSE_MS;; tries++) {
      const entry = await make();
      if (entry === undefined) return undefined;
      if (await this.#insert(entry)) {
        this.#state.append(entry);
        return entry._id;
      }
      await this.#state.catchUp();
      if (await this.#isThere(entry)) return entry._id;
      if (this.#state.end > entry._id) tries = 0;
      if (tries >= TRIES) throw this.#stuck(entry._id);
      if (tries > 1) await pause(pauseMs = Math.min(2 * pauseMs, MOST_PAUSE_MS));
      await onRefused();
    }
  }

  /** False if it is refused: the offset is taken, maybe by this very entry, or an event id is. */
  async #insert(entry: EntryDocument): Promise<boolean> {
    return await this.#connection.run(WHAT, async () => {
      try {
        await this.#entries.insertOne(entry);
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    });
  }

  async #isThere({ _id, write }: EntryDocument): Promise<boolean> {
    const there = await this.#connection.run(
      WHAT,
      () => this.#entries.findOne({ _id, write }, { projection: { _id: 1 } }),
    );
    return there !== null;
  }

  /** Which of the ids are in the log. */
  async #known(
    events: readonly NewEvent[],
    hasBodies: (place: number) => boolean,
  ): Promise<Map<string, KnownEvent>> {
    const known = new Map<string, KnownEvent>(), wanted = new Set(events.map(({ eventId }) => eventId));
    const withBody = new Set(events.filter((_, place) => hasBodies(place)).map(({ eventId }) => eventId));
    for (const { _id, parts } of await this.#having([...wanted].map(keyOf), withBody.size > 0)) {
      for (const part of parts!) {
        let bodies: CodedEvent[] | undefined;
        part.ids.forEach((key, place) => {
          const eventId = idOf(key), offset = _id + part.start + place;
          if (isErased(key) || !wanted.has(eventId)) return;
          const body = withBody.has(eventId)
            ? this.#state.named((bodies ??= eventsOf(_id, part))[place])
            : undefined;
          known.set(eventId, { offset, ...(body === undefined ? {} : { body }) });
        });
      }
    }
    // Only now: an id that was being replaced by its hash is found by the one or the other.
    if (this.#state.hasErased) await this.#addErased(known, wanted);
    return known;
  }

  async #addErased(known: Map<string, KnownEvent>, wanted: ReadonlySet<string>): Promise<void> {
    const hashes = new Map(
      [...wanted].filter((eventId) => !known.has(eventId)).map((eventId) => {
        const hash = hashedKey(eventId, this.#salt);
        return [idOf(hash), { eventId, hash }];
      }),
    );
    const found = await this.#having([...hashes.values()].map(({ hash }) => hash), false);
    for (const { _id, parts } of found) {
      for (const { ids, start } of parts!) {
        ids.forEach((key, place) => {
          const hashed = isErased(key) ? hashes.get(idOf(key)) : undefined;
          if (hashed !== undefined) known.set(hashed.eventId, { offset: _id + start + place });
        });
      }
    }
  }

  #having(keys: EventKey[], hasBodies: boolean): Promise<EntryDocument[]> {
    if (keys.length === 0) return Promise.resolve([]);
    const projection = hasBodies ? { parts: 1 } : { "parts.ids": 1, "parts.start": 1 };
    return this.#connection.run(
      WHAT,
      () => this.#entries.find({ "parts.ids": { $in: keys } }, { projection }).toArray(),
    );
  }

  #stuck(offset: number): OutsideFailure {
    return new OutsideFailure(
      `cannot ${WHAT} in ${this.#connection.place}: offset ${offset} is taken by a record that no majority of the ` +
        "servers has; look after the servers that are down, and try again",
    );
  }
}

const NONE: ReadonlyMap<string, KnownEvent> = new Map();
