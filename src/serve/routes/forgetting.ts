/** Taking back: an event of a user, or all that is known of a user. */
import { z } from "@hono/zod-openapi";
import { MAX_ID_LENGTH } from "../../domain/event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EventLog } from "../../ports/event_log.ts";
import type { Erasures } from "../../ports/jobs.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";
import * as schemas from "../schemas.ts";
import { writeToken } from "../token.ts";

export interface ForgettingRoutesOptions {
  readonly log: EventLog;
  readonly erasures: Erasures;
  readonly clock: Pick<Clock, "nowMs">;
  /** Makes the answers of this process know what the log says. */
  readonly model: { catchUp(): Promise<void> };
}

const token = z.string().openapi({ description: "For ?after= of reads that must know it." });

const deletedEvent = z.object({ eventId: z.string(), offset: z.int(), token }).openapi("DeletedEvent");

const erasedUser = z.object({
  events: z.int().openapi({ description: "Taken out of the log." }),
  documents: z.int().openapi({ description: "Stored lists that were deleted." }),
  generations: z.array(z.string()).openapi({
    description: "Those that had the user; they cannot be verified any more.",
  }),
  influenceUntil: z.string().openapi({
    description: "How long what the user did is in what others are recommended.",
  }),
  token: token.optional(),
}).openapi("ErasedUser");

const EXAMPLE_TOKEN = "AQEjRWeJq83vASNFZ4mrze8AAAAPQxI";
const INFLUENCE_UNTIL = "the next generation: training leaves out what was erased";

export function addForgettingRoutes(routes: RouteSet, options: ForgettingRoutesOptions): void {
  addDeleteEvent(routes, options);
  addEraseUser(routes, options);
}

function addDeleteEvent(routes: RouteSet, { log, clock, model }: ForgettingRoutesOptions): void {
  routes.add({
    method: "delete",
    path: "/v1/users/{userId}/events/{eventId}",
    summary: "Takes an event back",
    description:
      "It does not count any more: not in lists and estimates from now on, not in trainings to come. Its id stays " +
      "taken. Deleting it again is answered as before.",
    tag: "events",
    scope: "write",
    params: z.object({
      userId: schemas.userId,
      eventId: z.string().min(1).max(MAX_ID_LENGTH).openapi({ example: "order-9-line-1" }),
    }),
    answers: {
      200: {
        description: "It is deleted",
        schema: deletedEvent,
        example: { eventId: "order-9-line-1", offset: 1000210, token: EXAMPLE_TOKEN },
      },
    },
    problems: ["malformed-request", "unknown-event", "invalid-request", "store-unavailable"],
  }, async ({ params: { userId, eventId } }) => {
    const offset = await log.deleteEvent(userId, eventId, clock.nowMs());
    if (offset === undefined) {
      throw new Problem("unknown-event", `the user "${userId}" has no event "${eventId}"`);
    }
    await model.catchUp();
    return Response.json({ eventId, offset, token: writeToken(log.logId, offset) });
  });
}

function addEraseUser(routes: RouteSet, { log, erasures, model }: ForgettingRoutesOptions): void {
  routes.add({
    method: "delete",
    path: "/v1/users/{userId}",
    summary: "Erases a user",
    description:
      "Events, stored lists, the row in every generation and the id are gone when the answer comes, from the store's " +
      "files too. Of the event ids salted hashes remain, so that a late repeat is no new event. What the user's events " +
      "taught about items goes with the next training. Somebody who comes back under the same id is somebody new.",
    tag: "events",
    scope: "admin",
    params: z.object({ userId: schemas.userId }),
    answers: {
      200: {
        description: "The user is erased",
        schema: erasedUser,
        example: {
          events: 57,
          documents: 2,
          generations: ["g000001", "g000002"],
          influenceUntil: INFLUENCE_UNTIL,
          token: EXAMPLE_TOKEN,
        },
      },
    },
    problems: ["malformed-request", "unknown-user", "invalid-request", "store-unavailable"],
  }, async ({ params: { userId } }) => {
    const erased = await erasures.eraseUser(userId);
    if (erased === undefined) throw new Problem("unknown-user", `nothing is known of the user "${userId}"`);
    await model.catchUp();
    const { offset, eventCount, documentCount, generations } = erased;
    return Response.json({
      events: eventCount,
      documents: documentCount,
      generations,
      influenceUntil: INFLUENCE_UNTIL,
      ...(offset === undefined ? {} : { token: writeToken(log.logId, offset) }),
    });
  });
}
