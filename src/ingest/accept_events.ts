/** Events from outside into the log: validate, name, date, append, and say of each what became of it. */
import type { NewEvent } from "../domain/event.ts";
import type { Clock } from "../ports/clock.ts";
import type { AppendResult, EventLog } from "../ports/event_log.ts";
import {
  DEFAULT_RULES,
  type EventRules,
  idProblem,
  type Problem,
  problemOf,
  validateEvent,
  type ValidEvent,
} from "./validate_event.ts";

/** What the door needs. */
export interface EventDoor {
  readonly log: EventLog;
  /** Gives the time of events that bring none. */
  readonly clock: Pick<Clock, "nowMs">;
  /** Makes the id of an event that brings none; never the same twice, 1 to 256 characters. */
  readonly newEventId: () => string;
  readonly rules?: EventRules;
}

/**
 * What became of one event, as API.md HTTP 4 answers it. `offset` is where it stands in the log: of a duplicate and a
 * conflict that of the event that was there before. `problem` is there for conflict and invalid.
 */
export interface EventResult {
  /** Absent where an invalid event brought no usable id. */
  readonly eventId?: string;
  readonly status: "created" | "duplicate" | "conflict" | "invalid";
  readonly offset?: number;
  readonly problem?: Problem;
}

/** What became of all of them; durable when it is given. */
export interface EventsAccepted {
  /** How many are in the log now, created or duplicate. */
  readonly accepted: number;
  /** One for each candidate, in order. */
  readonly results: readonly EventResult[];
  /** The greatest offset among those accepted: what a token must say. Absent if none was. */
  readonly lastOffset?: number;
}

/** An event that is new in the log. */
export interface CreatedEvent {
  readonly eventId: string;
  readonly userId: string;
  readonly itemId: string;
  readonly offset: number;
}

/** Of each status, for the metrics. */
export const STATUS_LABELS = {
  created: { status: "created" },
  duplicate: { status: "duplicate" },
  conflict: { status: "conflict" },
  invalid: { status: "invalid" },
} as const;

/** Those of the candidates that were not in the log before, in order of offset. */
export function createdEvents(
  candidates: readonly unknown[],
  results: readonly EventResult[],
): CreatedEvent[] {
  const created: CreatedEvent[] = [];
  for (const [i, { status, offset, eventId }] of results.entries()) {
    if (status !== "created") continue;
    const { userId, itemId } = candidates[i] as { userId: string; itemId: string };
    created.push({ eventId: eventId!, userId, itemId, offset: offset! });
  }
  return created.sort((a, b) => a.offset - b.offset);
}

/**
 * Where the source gave no time it is ours, and the log is told so: a client that sends such an event again because
 * the answer was lost said the same thing twice.
 */
function dated(valid: ValidEvent, door: EventDoor, nowMs: number): NewEvent {
  const event = { ...valid.interaction, eventId: valid.eventId ?? door.newEventId() };
  return valid.timeGiven ? event : { ...event, timeMs: nowMs, timeAssigned: true };
}

function resultOf(event: NewEvent, { status, offset }: AppendResult): EventResult {
  const { eventId } = event;
  if (status !== "conflict") return { eventId, status, offset };
  return { eventId, status, offset, problem: problemOf("conflict", "eventId", eventId) };
}

function refusal(candidate: unknown, problem: Problem): EventResult {
  const eventId = (candidate as { eventId?: unknown } | null | undefined)?.eventId;
  const usable = typeof eventId === "string" && idProblem(eventId) === undefined;
  return { ...(usable ? { eventId } : {}), status: "invalid", problem };
}

/**
 * Takes events as they come out of JSON. One that is invalid does not hold up the others. When the promise resolves,
 * what was accepted is durable; throws what the log throws (OutsideFailure), and then a retry is safe for events that
 * brought their ids.
 */
export async function acceptEvents(candidates: readonly unknown[], door: EventDoor): Promise<EventsAccepted> {
  const nowMs = door.clock.nowMs();
  const results: EventResult[] = new Array(candidates.length);
  const places: number[] = [];
  const events: NewEvent[] = [];
  candidates.forEach((candidate, place) => {
    const validation = validateEvent(candidate, door.rules ?? DEFAULT_RULES);
    if (!validation.ok) {
      results[place] = refusal(candidate, validation.problem);
      return;
    }
    places.push(place);
    events.push(dated(validation.event, door, nowMs));
  });
  const appended = events.length === 0 ? [] : await door.log.append(events);
  let accepted = 0, lastOffset = -1;
  appended.forEach((result, i) => {
    results[places[i]] = resultOf(events[i], result);
    if (result.status === "conflict") return;
    accepted++;
    lastOffset = Math.max(lastOffset, result.offset);
  });
  return { accepted, results, ...(accepted > 0 ? { lastOffset } : {}) };
}
