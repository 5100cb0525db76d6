/** A message of the events topic: an event as over HTTP, or `{"events": [...]}`. */
import { MAX_ID_LENGTH } from "../domain/event.ts";
import { eventIdOfKey, keyOfEventId } from "../domain/event_key.ts";
import { type MessagePlace, placeText } from "../domain/dead_letter.ts";
import type { ReceivedMessage } from "../ports/topic.ts";

/** Events of one message, as `acceptEvents` takes them. */
export type ReadEvents =
  | { readonly ok: true; readonly candidates: readonly unknown[] }
  | { readonly ok: false; readonly problem: string };

const MOST_EVENTS = 1000;
const FORM =
  "JSON {userId, itemId, value?, time?, type?, eventId?}, or {events: [...]} of 1 to 1000, is accepted";
const decoder = new TextDecoder("utf-8", { fatal: true });

const refused = (problem: string): ReadEvents => ({ ok: false, problem: `no event: ${problem}; ${FORM}` });

/**
 * An event without an id gets that of its place, one without a time that of the message: the same message, given again,
 * is the same event. Never throws.
 */
export function readEvents({ value, timeMs }: ReceivedMessage, place: MessagePlace): ReadEvents {
  if (value === undefined) return refused("the message has no value (a tombstone)");
  let parsed: unknown;
  try {
    parsed = JSON.parse(decoder.decode(value));
  } catch (error) {
    return refused(`the value is not JSON (${(error as Error).message.slice(0, 120)})`);
  }
  const several = (parsed as { events?: unknown } | null)?.events;
  if (!Array.isArray(several)) return { ok: true, candidates: [completed(parsed, eventIdOf(place), timeMs)] };
  if (several.length === 0 || several.length > MOST_EVENTS) {
    return refused(`it holds ${several.length} events`);
  }
  const candidates = several.map((event, i) => completed(event, eventIdOf(place, i), timeMs));
  return { ok: true, candidates };
}

function completed(candidate: unknown, eventId: string, timeMs: number): unknown {
  // Whatever is no object is refused as it is.
  if (typeof candidate !== "object" || candidate === null || Array.isArray(candidate)) return candidate;
  const { eventId: given, time } = candidate as { eventId?: unknown; time?: unknown };
  // A broker that keeps no times says -1.
  const dated = time == null && timeMs > 0 ? { time: timeMs } : {};
  return { ...candidate, ...dated, ...(given == null ? { eventId } : {}) };
}

/** "topic-partition-offset"; of a topic whose name leaves no room its hash. */
function eventIdOf(place: MessagePlace, index?: number): string {
  const id = index === undefined ? placeText(place) : `${placeText(place)}-${index}`;
  return id.length <= MAX_ID_LENGTH ? id : eventIdOfKey(keyOfEventId(id));
}
