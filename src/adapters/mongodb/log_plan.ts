/** What becomes of events that are to be appended: which are new, which were there, and the entry that the new ones make. */
import type { LoggedEvent, NewEvent } from "../../domain/event.ts";
import type { AppendResult } from "../../ports/event_log.ts";
import { type EntryDocument, partsOf } from "./log_entries.ts";
import type { LogState } from "./log_state.ts";

/** An event of the log that has an id. Without a body it was erased, or nobody asked for the body. */
export interface KnownEvent {
  readonly offset: number;
  readonly body?: LoggedEvent;
}

export interface AppendPlan {
  /** One for each event. */
  readonly results: readonly AppendResult[];
  readonly created: readonly NewEvent[];
}

/** `known`: by event id. The new ones get offsets from `end` on. */
export function planAppend(
  events: readonly NewEvent[],
  known: ReadonlyMap<string, KnownEvent>,
  end: number,
): AppendPlan {
  const created: NewEvent[] = [], here = new Map<string, KnownEvent>();
  const results = events.map((event): AppendResult => {
    const first = known.get(event.eventId) ?? here.get(event.eventId);
    if (first !== undefined) {
      const isSame = first.body === undefined || isSameBody(first.body, event);
      return { status: isSame ? "duplicate" : "conflict", offset: first.offset };
    }
    const offset = end + created.length;
    created.push(event);
    here.set(event.eventId, { offset, body: { ...event, offset } });
    return { status: "created", offset };
  });
  return { results, created };
}

function isSameBody(logged: LoggedEvent, event: NewEvent): boolean {
  return logged.userId === event.userId && logged.itemId === event.itemId && logged.value === event.value &&
    logged.type === event.type && (event.timeAssigned === true || logged.timeMs === event.timeMs);
}

/** The entry of new events at the end of the log as it is known. */
export function entryOfEvents(state: LogState, events: readonly NewEvent[]): EntryDocument {
  const users = codesOf(events.map(({ userId }) => userId), state.users);
  const items = codesOf(events.map(({ itemId }) => itemId), state.items);
  return {
    ...emptyEntry(state, events.length, users.newIds.length + items.newIds.length > 0),
    userCount: state.users.ids.length + users.newIds.length,
    itemCount: state.items.ids.length + items.newIds.length,
    ...(users.newIds.length === 0 ? {} : { userIds: users.newIds }),
    ...(items.newIds.length === 0 ? {} : { itemIds: items.newIds }),
    who: [...new Set(users.codes)],
    parts: partsOf(events, users.codes, items.codes),
  };
}

/** The entry of a control record. */
export function entryOfControl(
  state: LogState,
  control: NonNullable<EntryDocument["control"]>,
  more: Pick<EntryDocument, "deletedOf" | "isUnfinished"> = {},
): EntryDocument {
  return { ...emptyEntry(state, 1, true), control, ...more };
}

function emptyEntry(state: LogState, count: number, brings: boolean): EntryDocument {
  const { end } = state;
  return {
    _id: end,
    end: end + count,
    write: crypto.randomUUID(),
    userCount: state.users.ids.length,
    itemCount: state.items.ids.length,
    broughtCount: state.broughtCount + (brings ? 1 : 0),
    ...(brings ? { brings: end } : {}),
    revision: 0,
  };
}

function codesOf(
  ids: readonly string[],
  codes: { readonly ids: readonly string[]; find(id: string): number | undefined },
): { codes: Uint32Array; newIds: string[] } {
  const newIds: string[] = [], newCodes = new Map<string, number>();
  const found = Uint32Array.from(ids, (id) => {
    let code = codes.find(id) ?? newCodes.get(id);
    if (code === undefined) {
      code = codes.ids.length + newIds.push(id) - 1;
      newCodes.set(id, code);
    }
    return code;
  });
  return { codes: found, newIds };
}
