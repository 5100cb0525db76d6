/** How the log looks in MongoDB: `events`, a document for each append, or for several that waited together. */
import { createHash } from "node:crypto";
import { Binary } from "mongodb";
import type { ControlRecord, LoggedEvent, NewEvent } from "../../domain/event.ts";
import { eventIdOfKey, isKeyId, keyOfEventId } from "../../domain/event_key.ts";
import { binaryOf, bytesOf, doublesOf, wordsOf } from "./binary.ts";

/** Consecutive events by column. */
export interface PartDocument {
  /** Place of the first event in the entry. */
  readonly start: number;
  /** The codes of its users, each once: which parts to read for a user. */
  readonly who: readonly number[];
  /** Event ids; of imported rows their keys, of erased events salted hashes (`EventKey`). */
  readonly ids: readonly EventKey[];
  readonly users: Binary;
  readonly items: Binary;
  readonly values: Binary;
  readonly timesMs: Binary;
  /** [place in the part, type] of those that have one. */
  readonly types?: readonly (readonly [number, string])[];
}

export interface EntryDocument {
  /** Offset of its first record. */
  readonly _id: number;
  /** Offset after its last: the `_id` of the next entry. */
  readonly end: number;
  /** Of the append: one whose answer was lost knows itself. */
  readonly write: string;
  /** Codes given out up to the end of this entry. */
  readonly userCount: number;
  readonly itemCount: number;
  /** How many entries up to and with this one bring something. */
  readonly broughtCount: number;
  /** The `_id` where the entry brings ids that are new, or a control record. */
  readonly brings?: number;
  /** Ids that appear for the first time, in order; "" where the user was erased. */
  readonly userIds?: readonly string[];
  readonly itemIds?: readonly string[];
  readonly control?: { readonly timeMs: number; readonly record: ControlRecord };
  /** Of "eventDeleted": the code of the event's user. */
  readonly deletedOf?: number;
  /** Of "userErased": some of the user's events may still be there. */
  readonly isUnfinished?: true;
  /** The codes of the users of its events, each once. Those of parts are not indexed: there would be many more. */
  readonly who?: readonly number[];
  readonly parts?: readonly PartDocument[];
  /** Grows when something is erased from it. */
  readonly revision: number;
}

export type EventKey = string | Binary;

/** In the column `users`: of an erased event. */
export const NOBODY = 0xffffffff;
const PART_COUNT = 1024;
/** Types of BSON binaries: 0 is plain, 128 the first that is free to use. */
const KEY = 0, HASH = 128;

/** What stands for an event id in the unique index. */
export function keyOf(eventId: string): EventKey {
  return isKeyId(eventId) ? new Binary(new Uint8Array(keyOfEventId(eventId).buffer), KEY) : eventId;
}

/** The event id; of an erased event the hash, which is nobody's id: "erased " and its digits. */
export function idOf(key: EventKey): string {
  if (typeof key === "string") return key;
  return key.sub_type === KEY ? eventIdOfKey(wordsOf(key)) : erasedId(bytesOf(key));
}

export function isErased(key: EventKey): boolean {
  return typeof key !== "string" && key.sub_type === HASH;
}

/** What stays of an event id when its user is erased: 128 bits of a salted SHA-256. */
export function hashedKey(eventId: string, salt: string): Binary {
  const digest = createHash("sha256").update(salt).update("\0").update(eventId, "utf8").digest();
  return new Binary(new Uint8Array(digest.subarray(0, 16)), HASH);
}

function erasedId(hash: Uint8Array): string {
  return `erased ${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Events and their codes, cut into parts. */
export function partsOf(events: readonly NewEvent[], users: Uint32Array, items: Uint32Array): PartDocument[] {
  const parts: PartDocument[] = [];
  for (let start = 0; start < events.length; start += PART_COUNT) {
    const some = events.slice(start, start + PART_COUNT), end = start + some.length;
    const types = some.flatMap(({ type }, place) => type === undefined ? [] : [[place, type] as const]);
    parts.push({
      start,
      who: [...new Set(users.subarray(start, end))],
      ids: some.map(({ eventId }) => keyOf(eventId)),
      users: binaryOf(users.subarray(start, end)),
      items: binaryOf(items.subarray(start, end)),
      values: binaryOf(Float64Array.from(some, ({ value }) => value)),
      timesMs: binaryOf(Float64Array.from(some, ({ timeMs }) => timeMs)),
      ...(types.length === 0 ? {} : { types }),
    });
  }
  return parts;
}

/** An event with codes in place of ids. */
export interface CodedEvent extends Omit<LoggedEvent, "userId" | "itemId"> {
  readonly user: number;
  readonly item: number;
}

/** The events of a part of the entry `_id`; of an erased one `user` is NOBODY and the id means nothing. */
export function eventsOf(_id: number, part: PartDocument): CodedEvent[] {
  const users = wordsOf(part.users), items = wordsOf(part.items);
  const values = doublesOf(part.values), timesMs = doublesOf(part.timesMs), types = new Map(part.types);
  return part.ids.map((key, place) => {
    const type = types.get(place);
    return {
      eventId: idOf(key),
      user: users[place],
      item: items[place],
      value: values[place],
      timeMs: timesMs[place],
      ...(type === undefined ? {} : { type }),
      offset: _id + part.start + place,
    };
  });
}

/** The part without a user's events: their ids are hashes, the rest is zeros. */
export function withoutUser(part: PartDocument, user: number, salt: string): PartDocument {
  if (!part.who.includes(user)) return part;
  const users = wordsOf(part.users), items = wordsOf(part.items);
  const values = doublesOf(part.values), timesMs = doublesOf(part.timesMs);
  const isGone = (place: number) => users[place] === user;
  const ids = part.ids.map((key, place) => isGone(place) ? hashedKey(idOf(key), salt) : key);
  const types = part.types?.filter(([place]) => !isGone(place));
  for (let place = 0; place < users.length; place++) {
    if (!isGone(place)) continue;
    users[place] = NOBODY;
    items[place] = values[place] = timesMs[place] = 0;
  }
  return {
    start: part.start,
    who: part.who.filter((one) => one !== user),
    ids,
    users: binaryOf(users),
    items: binaryOf(items),
    values: binaryOf(values),
    timesMs: binaryOf(timesMs),
    ...(types === undefined || types.length === 0 ? {} : { types }),
  };
}
