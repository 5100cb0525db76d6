/** Shapes of requests and answers: what validates is what the OpenAPI document says. */
import { z } from "@hono/zod-openapi";
import { MAX_ID_LENGTH } from "../domain/event.ts";

const WHOLE = /^\d{1,9}$/;
/** Most that `limit` accepts, and most items in a list of a body. */
export const MAX_LIMIT = 1000;
export const DEFAULT_LIMIT = 10;

const ID_ERROR = `a string of 1 to ${MAX_ID_LENGTH} characters is accepted`;
const id = z.string({ error: ID_ERROR }).min(1, { error: ID_ERROR }).max(MAX_ID_LENGTH, { error: ID_ERROR });

export const userId = id.openapi({ example: "42", description: "A user, percent-encoded in a path." });
export const itemId = id.openapi({ example: "1193", description: "An item, percent-encoded in a path." });

const LIMIT_ERROR = `a whole number from 1 to ${MAX_LIMIT} is accepted`;

/** `limit` of a query: text there, a number here. */
export const limit = z.string().regex(WHOLE, { error: LIMIT_ERROR }).transform(Number)
  .pipe(z.number().min(1, { error: LIMIT_ERROR }).max(MAX_LIMIT, { error: LIMIT_ERROR }))
  .default(DEFAULT_LIMIT)
  .openapi({
    type: "integer",
    minimum: 1,
    maximum: MAX_LIMIT,
    default: DEFAULT_LIMIT,
    description: "Most items to answer with.",
    example: 5,
  });

const bodyLimit = z.int({ error: LIMIT_ERROR }).min(1, { error: LIMIT_ERROR }).max(MAX_LIMIT, {
  error: LIMIT_ERROR,
})
  .default(DEFAULT_LIMIT).openapi({ description: "Most items to answer with." });

const LIST_ERROR =
  `a list of 1 to ${MAX_LIMIT} ids of 1 to ${MAX_ID_LENGTH} characters, with commas between them`;

/** Ids with commas between them. An id that holds a comma itself fits only into the body of a POST. */
function commaList(description: string, example: string) {
  return z.string().transform((text) => text.split(","))
    .pipe(z.array(id, { error: LIST_ERROR }).max(MAX_LIMIT, { error: LIST_ERROR }))
    .openapi({ type: "string", description, example });
}

export const exclude = z.union([z.literal("").transform((): string[] => []), commaList("", "1193")]).default(
  [],
)
  .openapi({
    type: "string",
    description: "Item ids to leave out, with commas between them.",
    example: "1193,661",
  });

export const items = commaList("1 to 1000 item ids with commas between them.", "1193,661");

export const strict = z.enum(["true", "false"]).default("false").transform((text) => text === "true")
  .openapi({ type: "boolean", description: "true: 404 for an unknown user instead of the popular items." });

export const after = z.string().optional()
  .openapi({ description: "The token of an answer to POST /v1/events: waits until that event is applied." });

const WAIT_ERROR = 'a time from "0ms" to "30s" is accepted, as "500ms" or "2s"';
const DEFAULT_WAIT_MS = 1000;
const MOST_WAIT_MS = 30_000;

/** How long `after` waits at most; milliseconds once parsed. */
export const wait = z.string().regex(/^\d{1,6}(ms|s)$/, { error: WAIT_ERROR })
  .transform((text) => parseInt(text) * (text.endsWith("ms") ? 1 : 1000))
  .pipe(z.number().max(MOST_WAIT_MS, { error: WAIT_ERROR }))
  .default(DEFAULT_WAIT_MS)
  .openapi({
    type: "string",
    default: "1s",
    description: 'Longest wait for "after", as 500ms or 2s.',
    example: "500ms",
  });

/** Of every answer that the model gives. */
export const freshness = { after, wait };

export const recommendation = z.object({
  itemId: z.string(),
  title: z.string().optional().openapi({ description: "Where the catalogue has one." }),
  score: z.number().openapi({
    description: "Rating units for explicit models; a count where basis is popular.",
  }),
  rank: z.int().min(1),
}).openapi("Recommendation");

const basis = z.enum(["personal", "session", "stored", "popular"])
  .openapi({ description: "Where the list comes from." });

const model = {
  generation: z.string().openapi({ description: "The generation that answered." }),
  appliedOffset: z.int().openapi({
    description: "All events of the log with a smaller offset are known to the answer.",
  }),
};

export const recommendationList = z.object({
  userId: z.string(),
  ...model,
  basis,
  items: z.array(recommendation),
})
  .openapi("RecommendationList");

export const sessionList = z.object({ ...model, basis, items: z.array(recommendation) }).openapi(
  "SessionList",
);

export const similarList = z.object({ itemId: z.string(), ...model, items: z.array(recommendation) })
  .openapi("SimilarList");

export const popularList = z.object({ ...model, items: z.array(recommendation) }).openapi("PopularList");

export const predictionList = z.object({
  userId: z.string(),
  ...model,
  predictions: z.array(
    z.object({ itemId: z.string(), title: z.string().optional(), prediction: z.number(), basis }),
  ),
}).openapi("PredictionList");

export const problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  errors: z.array(z.object({
    pointer: z.string().optional(),
    parameter: z.string().optional(),
    detail: z.string(),
  })).optional(),
}).openapi("Problem");

export const batchRequest = z.strictObject({
  requests: z.array(
    z.strictObject({ userId, limit: bodyLimit, exclude: z.array(itemId).max(MAX_LIMIT).default([]) }),
  )
    .min(1).max(100),
}).openapi("BatchRequest");

export const batchAnswer = z.object({ results: z.array(z.union([recommendationList, problem])) })
  .openapi("BatchAnswer");

const sessionItem = z.union([
  itemId.transform((itemId) => ({ itemId, value: undefined })),
  z.strictObject({ itemId, value: z.number().optional() }),
], { error: 'an item id, or {"itemId", "value"} is accepted' });

export const sessionRequest = z.strictObject({
  items: z.array(sessionItem).min(1).max(MAX_LIMIT),
  limit: bodyLimit,
  exclude: z.array(itemId).max(MAX_LIMIT).default([]),
}).openapi("SessionRequest");

export const rankRequest = z.strictObject({ items: z.array(itemId).min(1).max(MAX_LIMIT) }).openapi(
  "RankRequest",
);
