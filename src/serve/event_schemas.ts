/** Shapes of events, generations and jobs. */
import { z } from "@hono/zod-openapi";
import { problem } from "./schemas.ts";

/** Most events in one request. */
export const MAX_EVENTS = 1000;

/**
 * What an event looks like, for the document. The check itself is `ingest`'s, the one door for all sources, because each
 * event of a batch gets a result of its own.
 */
export const eventShape = z.object({
  eventId: z.string().optional().openapi({
    description: "Yours; the same id is counted once. Made up if absent.",
  }),
  userId: z.string(),
  itemId: z.string(),
  value: z.number().optional().openapi({
    description: "The rating, or the strength of the evidence; 1 if absent.",
  }),
  time: z.union([z.number(), z.string()]).optional()
    .openapi({ description: "Milliseconds since 1970 or ISO 8601; the server's time if absent." }),
  type: z.string().optional().openapi({ description: "What kind of act it was; kept, not interpreted." }),
}).openapi("Event");

export const eventsShape = z.object({ events: z.array(eventShape).min(1).max(MAX_EVENTS) }).openapi("Events");

/** One event, or `{events: [...]}`: only the frame is looked at here. */
export const eventsRequest = z.union([
  z.strictObject({ events: z.array(z.unknown()).min(1).max(MAX_EVENTS) }),
  z.looseObject({}).refine((body) => !("events" in body)),
], { error: `one event, or {"events": [...]} with 1 to ${MAX_EVENTS} of them, is accepted` })
  .openapi({ anyOf: [{ $ref: "#/components/schemas/Events" }, { $ref: "#/components/schemas/Event" }] });

export const eventsAnswer = z.object({
  accepted: z.int(),
  results: z.array(z.object({
    eventId: z.string().optional(),
    status: z.enum(["created", "duplicate", "conflict", "invalid"]),
    offset: z.int().optional(),
    problem: problem.optional(),
  })),
  token: z.string().optional().openapi({ description: "For ?after= of reads that must know these events." }),
}).openapi("EventsAnswer");

export const userEvents = z.object({
  events: z.array(z.object({
    eventId: z.string(),
    itemId: z.string(),
    title: z.string().optional(),
    value: z.number(),
    time: z.iso.datetime(),
    type: z.string().optional(),
    offset: z.int(),
  })),
  nextCursor: z.string().nullable().openapi({
    description: "For ?cursor= of the next page; null on the last.",
  }),
}).openapi("UserEvents");

export const eventTrace = z.object({
  eventId: z.string(),
  offset: z.int(),
  applied: z.boolean().openapi({ description: "The answers know it." }),
  received: z.iso.datetime().optional(),
  logged: z.iso.datetime().optional().openapi({ description: "Durable." }),
  learned: z.iso.datetime().optional().openapi({
    description: "The learner had moved the rows; absent where none runs.",
  }),
  visible: z.iso.datetime().optional().openapi({ description: "The answers knew it." }),
}).openapi("EventTrace");

const numbers = z.record(z.string(), z.number());

export const generation = z.object({
  generation: z.string(),
  at: z.iso.datetime(),
  offset: z.int(),
  feedback: z.enum(["explicit", "implicit"]),
  factors: z.int(),
  users: z.int(),
  items: z.int(),
  interactions: z.int(),
  metrics: numbers,
  baseline: numbers,
  sha256: z.string(),
  verifiable: z.boolean().optional().openapi({
    description: "False once a user was erased from it: the factors are not those that were hashed any more.",
  }),
}).openapi("Generation");

export const generationList = z.object({
  active: z.string().nullable().openapi({ description: "null before the first activation." }),
  generations: z.array(generation),
}).openapi("GenerationList");

export const activation = z.object({ active: z.string(), appliedOffset: z.int(), at: z.iso.datetime() })
  .openapi("Activation");

/** Those flags of `foz train` that say what to learn; not those that name files or stores. */
export const trainingRequest = z.strictObject({
  feedback: z.enum(["auto", "explicit", "implicit"]),
  factors: z.int().min(1).max(1024),
  epochs: z.int().min(1).max(1000),
  regularization: z.number().positive(),
  "unobserved-weight": z.number().min(0),
  "popularity-exponent": z.number().min(0).max(2),
  threads: z.int().min(1).max(64),
  top: z.int().min(0).max(10_000),
  holdout: z.number().min(0).max(0.5),
  split: z.enum(["auto", "time", "random"]),
  seed: z.int().min(0).max(0xffffffff),
  force: z.boolean(),
  "no-activate": z.boolean(),
}).partial().openapi("TrainingRequest", {
  description: "As the flags of `foz train`; their defaults where absent.",
});

export const job = z.object({
  jobId: z.string(),
  kind: z.literal("train"),
  state: z.enum(["running", "done", "failed", "cancelled"]),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  progress: z.number().optional(),
  phase: z.string().optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.string().optional(),
}).openapi("Job");
