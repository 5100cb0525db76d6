/** Answers about given items: predictions, an order, and what is similar. */
import { z } from "@hono/zod-openapi";
import type { ModelAnswers } from "../model_answers.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";
import * as schemas from "../schemas.ts";

const EXAMPLE_MODEL = { generation: "g000001", appliedOffset: 1000209 };
const EXAMPLE_ITEM = { itemId: "1193", title: "One Flew Over the Cuckoo's Nest (1975)" };

export function addItemRoutes(routes: RouteSet, answers: ModelAnswers): void {
  addPredictions(routes, answers);
  addRank(routes, answers);
  addSimilar(routes, answers);
}

function addPredictions(routes: RouteSet, answers: ModelAnswers): void {
  routes.add({
    method: "get",
    path: "/v1/users/{userId}/predictions",
    summary: "What the user would give to these items",
    description:
      "Explicit models: a rating within the range seen. Implicit models: the preference. Items in the order " +
      "asked for. An id that holds a comma cannot stand here: POST /v1/users/{userId}/rank takes it.",
    tag: "recommendations",
    scope: "read",
    params: z.object({ userId: schemas.userId }),
    query: z.strictObject({ items: schemas.items, ...schemas.freshness }),
    answers: {
      200: {
        description: "The predictions",
        schema: schemas.predictionList,
        example: {
          userId: "42",
          ...EXAMPLE_MODEL,
          predictions: [{ ...EXAMPLE_ITEM, prediction: 4.32, basis: "personal" }],
        },
      },
      304: { description: "The answer is the one that If-None-Match names" },
    },
    problems: ["malformed-request", "foreign-token", "invalid-request", "not-ready", "not-applied"],
  }, async ({ params: { userId }, query, request, startMs }) => {
    const active = await answers.fresh(query);
    const { recommender, texts } = active;
    return answers.cachable(active, request, startMs, () =>
      JSON.stringify({
        userId,
        generation: recommender.generation.generation,
        appliedOffset: recommender.appliedOffset,
        predictions: recommender.predict(userId, query.items)
          .map(({ itemId, prediction, basis }) => ({
            itemId,
            title: texts.titleOf(itemId),
            prediction,
            basis,
          })),
      }));
  });
}

function addRank(routes: RouteSet, answers: ModelAnswers): void {
  routes.add({
    method: "post",
    path: "/v1/users/{userId}/rank",
    summary: "These items in the order the user would like them",
    description: "By unclipped score; unknown items come last, repeats are dropped.",
    tag: "recommendations",
    scope: "read",
    params: z.object({ userId: schemas.userId }),
    query: z.strictObject(schemas.freshness),
    body: { schema: schemas.rankRequest, examples: { three: { items: ["1193", "661", "914"] } } },
    answers: {
      200: {
        description: "The items in order",
        schema: schemas.recommendationList,
        example: {
          userId: "42",
          ...EXAMPLE_MODEL,
          basis: "personal",
          items: [{ ...EXAMPLE_ITEM, score: 4.32, rank: 1 }],
        },
      },
    },
    problems: [
      "malformed-request",
      "foreign-token",
      "too-large",
      "unsupported-media-type",
      "invalid-request",
      "not-ready",
      "not-applied",
    ],
  }, async ({ params: { userId }, query, body, startMs }) => {
    const active = await answers.fresh(query);
    const { generation, appliedOffset, basis, items } = active.recommender.rank(userId, body.items);
    const head = JSON.stringify({ userId, generation, appliedOffset, basis });
    return answers.json(active, `${head.slice(0, -1)},"items":${active.texts.listJson(items)}}`, startMs);
  });
}

function addSimilar(routes: RouteSet, answers: ModelAnswers): void {
  routes.add({
    method: "get",
    path: "/v1/items/{itemId}/similar",
    summary: "Items that are liked by the same people",
    description: "The score is the cosine of the latent factors.",
    tag: "recommendations",
    scope: "read",
    params: z.object({ itemId: schemas.itemId }),
    query: z.strictObject({ limit: schemas.limit, ...schemas.freshness }),
    answers: {
      200: {
        description: "The list",
        schema: schemas.similarList,
        example: { itemId: "1193", ...EXAMPLE_MODEL, items: [{ itemId: "858", score: 0.81, rank: 1 }] },
      },
      304: { description: "The answer is the one that If-None-Match names" },
    },
    problems: [
      "malformed-request",
      "foreign-token",
      "unknown-item",
      "invalid-request",
      "not-ready",
      "not-applied",
    ],
  }, async ({ params: { itemId }, query, request, startMs }) => {
    const active = await answers.fresh(query);
    const { recommender, texts } = active;
    if (!recommender.knowsItem(itemId)) {
      throw new Problem("unknown-item", `the item "${itemId}" is not known to the model`);
    }
    return answers.cachable(active, request, startMs, () => {
      const { generation: { generation }, appliedOffset } = recommender;
      const head = JSON.stringify({ itemId, generation, appliedOffset });
      return `${head.slice(0, -1)},"items":${texts.listJson(recommender.similar(itemId, query.limit)!)}}`;
    });
  });
}
