/** Events: into the log, and those of a user out of it. */
import { z } from "@hono/zod-openapi";
import { type LoggedEvent, MAX_ID_LENGTH } from "../../domain/event.ts";
import {
  acceptEvents,
  type CreatedEvent,
  createdEvents,
  type EventDoor,
  type EventResult,
  type EventsAccepted,
  STATUS_LABELS,
} from "../../ingest/accept_events.ts";
import type { Metrics } from "../../ports/metrics.ts";
import type { AnsweringModel } from "../model_answers.ts";
import {
  eventsAnswer,
  eventShape,
  eventsRequest,
  eventsShape,
  eventTrace,
  userEvents,
} from "../event_schemas.ts";
import type { EventTraces } from "../event_traces.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";
import * as schemas from "../schemas.ts";
import { readCursor, writeCursor, writeToken } from "../token.ts";

export interface EventRoutesOptions {
  readonly door: EventDoor;
  readonly model: AnsweringModel & {
    accepted(events: readonly CreatedEvent[], receivedMs: number): void;
    readonly traces: Pick<EventTraces, "of">;
  };
  readonly metrics: Metrics;
}

const EXAMPLE_EVENT = {
  eventId: "order-9-line-1",
  userId: "42",
  itemId: "1193",
  value: 5,
  time: "2026-03-01T12:00:00Z",
};

export function addEventRoutes(routes: RouteSet, options: EventRoutesOptions): void {
  routes.hono.openAPIRegistry.register("Event", eventShape);
  routes.hono.openAPIRegistry.register("Events", eventsShape);
  addAccept(routes, options);
  addUserEvents(routes, options);
  addTrace(routes, options);
}

/** The problem of one event, as a member of its result or as the whole answer. */
function problemOf({ status, eventId, problem }: EventResult): Problem {
  const detail = problem?.message ?? `the event "${eventId}" was not accepted`;
  const pointer = problem?.field === undefined ? "#" : `#/${problem.field}`;
  return new Problem(status === "conflict" ? "event-conflict" : "invalid-event", detail, {
    errors: [{ pointer, detail }],
    members: problem === undefined ? {} : { reason: problem.reason },
  });
}

function answerOf({ accepted, results, lastOffset }: EventsAccepted, logId: string): Response {
  const body = {
    accepted,
    results: results.map((result) =>
      result.status === "conflict" || result.status === "invalid"
        ? {
          eventId: result.eventId,
          status: result.status,
          offset: result.offset,
          problem: problemOf(result).body(),
        }
        : result
    ),
    ...(lastOffset === undefined ? {} : { token: writeToken(logId, lastOffset) }),
  };
  return new Response(JSON.stringify(body), { status: 202, headers: { "content-type": "application/json" } });
}

function addAccept(routes: RouteSet, { door, model, metrics }: EventRoutesOptions): void {
  routes.add({
    method: "post",
    path: "/v1/events",
    summary: "Adds one event, or up to 1000",
    description:
      "Answered when the events are durable. The same eventId with the same body is counted once and answered " +
      "as before; with another body it is a conflict. Of several events each gets a result; a single one that is refused " +
      "is answered with 409 or 422.",
    tag: "events",
    scope: "write",
    body: {
      schema: eventsRequest,
      examples: {
        one: EXAMPLE_EVENT,
        several: { events: [{ userId: "42", itemId: "661" }, { userId: "7", itemId: "914" }] },
      },
    },
    answers: {
      202: {
        description: "What became of each event",
        schema: eventsAnswer,
        example: {
          accepted: 1,
          results: [{ eventId: "order-9-line-1", status: "created", offset: 1000209 }],
          token: "AQEjRWeJq83vASNFZ4mrze8AAAAPQxE",
        },
      },
    },
    problems: [
      "malformed-request",
      "event-conflict",
      "too-large",
      "unsupported-media-type",
      "invalid-event",
      "store-unavailable",
    ],
  }, async ({ body }) => {
    const receivedMs = door.clock.nowMs();
    const several = "events" in body && Array.isArray(body.events);
    const candidates: readonly unknown[] = several ? body.events as unknown[] : [body];
    const accepted = await acceptEvents(candidates, door);
    for (const { status } of accepted.results) metrics.increment("foz_events_total", STATUS_LABELS[status]);
    const created = createdEvents(candidates, accepted.results);
    if (created.length > 0) model.accepted(created, receivedMs);
    const [first] = accepted.results;
    if (!several && (first.status === "conflict" || first.status === "invalid")) throw problemOf(first);
    return answerOf(accepted, door.log.logId);
  });
}

function shownEvent(
  { eventId, itemId, value, timeMs, type, offset }: LoggedEvent,
  title: string | undefined,
) {
  return { eventId, itemId, title, value, time: new Date(timeMs).toISOString(), type, offset };
}

function addUserEvents(routes: RouteSet, { door, model }: EventRoutesOptions): void {
  routes.add({
    method: "get",
    path: "/v1/users/{userId}/events",
    summary: "What the user did, newest first",
    description: "Read from the log: an event stands here as soon as it was accepted.",
    tag: "events",
    scope: "read",
    params: z.object({ userId: schemas.userId }),
    query: z.strictObject({
      limit: schemas.limit,
      cursor: z.string().optional().openapi({ description: '"nextCursor" of the page before.' }),
    }),
    answers: {
      200: {
        description: "A page of events",
        schema: userEvents,
        example: {
          events: [{
            eventId: "order-9-line-1",
            itemId: "1193",
            value: 5,
            time: "2026-03-01T12:00:00.000Z",
            offset: 1000209,
          }],
          nextCursor: null,
        },
      },
    },
    problems: ["malformed-request", "invalid-request", "store-unavailable"],
  }, async ({ params: { userId }, query: { limit, cursor } }) => {
    const beforeOffset = cursor === undefined ? undefined : readCursor(cursor);
    // One more than asked for says whether there is a next page.
    const events = await door.log.eventsOfUser(userId, { limit: limit + 1, beforeOffset });
    const page = events.slice(0, limit);
    const texts = model.current?.texts;
    const nextCursor = events.length > limit ? writeCursor(page[page.length - 1].offset) : null;
    return Response.json({
      events: page.map((event) => shownEvent(event, texts?.titleOf(event.itemId))),
      nextCursor,
    });
  });
}

function timeOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function addTrace(routes: RouteSet, { door, model }: EventRoutesOptions): void {
  routes.add({
    method: "get",
    path: "/v1/events/{eventId}/trace",
    summary: "What became of an event, and when",
    description:
      "Times are remembered for the last 10,000 events that this server took. Of others it is said where they " +
      "stand in the log, and whether the answers know them.",
    tag: "events",
    scope: "read",
    params: z.object({
      eventId: z.string().min(1).max(MAX_ID_LENGTH).openapi({ example: EXAMPLE_EVENT.eventId }),
    }),
    answers: {
      200: {
        description: "Its way so far",
        schema: eventTrace,
        example: {
          eventId: EXAMPLE_EVENT.eventId,
          offset: 1000209,
          applied: true,
          received: "2026-03-01T12:00:00.000Z",
          logged: "2026-03-01T12:00:00.002Z",
          learned: "2026-03-01T12:00:00.003Z",
          visible: "2026-03-01T12:00:00.004Z",
        },
      },
    },
    problems: ["malformed-request", "unknown-event", "invalid-request", "store-unavailable"],
  }, async ({ params: { eventId } }) => {
    const trace = model.traces.of(eventId),
      offset = trace?.offset ?? (await door.log.findEvent(eventId))?.offset;
    if (offset === undefined) throw new Problem("unknown-event", `no event "${eventId}" is in the log`);
    return Response.json({
      eventId,
      offset,
      applied: offset < (model.current?.recommender.appliedOffset ?? 0),
      received: timeOf(trace?.receivedMs),
      logged: timeOf(trace?.loggedMs),
      learned: timeOf(trace?.learnedMs),
      visible: timeOf(trace?.visibleMs),
    }, { headers: { "cache-control": "no-store" } });
  });
}
