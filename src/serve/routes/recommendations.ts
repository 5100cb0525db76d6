/** Lists: of one user, of many, of a session, and the popular items. */
import { z } from "@hono/zod-openapi";
import { MAX_ID_LENGTH } from "../../domain/event.ts";
import type { RecommendationList } from "../../domain/recommendation.ts";
import type { ActiveModel, ModelAnswers } from "../model_answers.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";
import * as schemas from "../schemas.ts";

const NOTHING: readonly string[] = [];

const MODEL_HEADERS = {
  "X-Model-Generation": "The generation that answered.",
  "X-Applied-Offset": "All events below it are known to the answer.",
  "Server-Timing": "Milliseconds spent on the answer.",
};
const CACHE_HEADERS = { ...MODEL_HEADERS, ETag: "Names generation and applied offset." };

const EXAMPLE_MODEL = { generation: "g000001", appliedOffset: 1000209 };
const EXAMPLE_ITEMS = [
  { itemId: "318", title: "Shawshank Redemption, The (1994)", score: 4.71, rank: 1 },
  { itemId: "858", title: "Godfather, The (1972)", score: 4.66, rank: 2 },
];
const EXAMPLE_LIST = { userId: "42", ...EXAMPLE_MODEL, basis: "personal", items: EXAMPLE_ITEMS } as const;

function listJson({ texts }: ActiveModel, list: RecommendationList): string {
  return `{"userId":${JSON.stringify(list.userId)},"generation":${JSON.stringify(list.generation)},` +
    `"appliedOffset":${list.appliedOffset},"basis":"${list.basis}","items":${texts.listJson(list.items)}}`;
}

function unknownUser(userId: string): Problem {
  return new Problem(
    "unknown-user",
    `the user "${userId}" is not known to the model and strict=true was given`,
  );
}

export function addRecommendationRoutes(routes: RouteSet, answers: ModelAnswers): void {
  addUserList(routes, answers);
  addBatch(routes, answers);
  addSession(routes, answers);
  addPopular(routes, answers);
}

const USERS = "/v1/users/", LIST = "/recommendations", LIMIT = "?limit=";
const LIMITS = /^([1-9]\d{0,2}|1000)$/;

/** User and limit of "/v1/users/ID/recommendations" or "...?limit=N" with an id written plainly: of nearly every request. */
function plainTarget(target: string): { userId: string; n: number } | undefined {
  if (!target.startsWith(USERS)) return undefined;
  const idEnd = target.indexOf("/", USERS.length);
  const userId = target.slice(USERS.length, idEnd);
  if (!target.startsWith(LIST, idEnd) || userId.length === 0 || userId.length > MAX_ID_LENGTH) {
    return undefined;
  }
  if (userId.includes("%") || userId.includes("?")) return undefined;
  const query = target.slice(idEnd + LIST.length);
  if (query === "") return { userId, n: schemas.DEFAULT_LIMIT };
  const limit = query.startsWith(LIMIT) ? query.slice(LIMIT.length) : "";
  return LIMITS.test(limit) ? { userId, n: Number(limit) } : undefined;
}

function addUserList(routes: RouteSet, answers: ModelAnswers): void {
  const answer = (
    active: ActiveModel,
    userId: string,
    n: number,
    exclude: readonly string[],
    c: Request,
    startMs: number,
  ) =>
    answers.cachable(
      active,
      c,
      startMs,
      () => listJson(active, active.recommender.recommend(userId, { n, exclude })),
    );
  routes.add({
    method: "get",
    path: "/v1/users/{userId}/recommendations",
    summary: "The user's list",
    description:
      "What the user has interacted with is left out. An unknown user gets the popular items, with basis " +
      '"popular". The ids "." and ".." cannot stand in a path (clients resolve them): use POST /v1/recommendations:batch.',
    tag: "recommendations",
    scope: "read",
    params: z.object({ userId: schemas.userId }),
    query: z.strictObject({
      limit: schemas.limit,
      exclude: schemas.exclude,
      strict: schemas.strict,
      ...schemas.freshness,
    }),
    answers: {
      200: {
        description: "The list",
        schema: schemas.recommendationList,
        example: EXAMPLE_LIST,
        headers: CACHE_HEADERS,
      },
      304: { description: "The answer is the one that If-None-Match names" },
    },
    problems: [
      "malformed-request",
      "foreign-token",
      "unknown-user",
      "invalid-request",
      "not-ready",
      "not-applied",
    ],
  }, async ({ params: { userId }, query, request, startMs }) => {
    const active = await answers.fresh(query);
    if (query.strict && !active.recommender.knowsUser(userId)) throw unknownUser(userId);
    return answer(active, userId, query.limit, query.exclude, request, startMs);
  }, (target) => {
    const plain = plainTarget(target);
    if (plain === undefined) return undefined;
    return (request, startMs) => answer(answers.active, plain.userId, plain.n, NOTHING, request, startMs);
  });
}

function addBatch(routes: RouteSet, answers: ModelAnswers): void {
  routes.add({
    method: "post",
    path: "/v1/recommendations:batch",
    summary: "The lists of up to 100 users",
    description: "Results stand in the order of the requests, all from the same generation.",
    tag: "recommendations",
    scope: "read",
    query: z.strictObject({ strict: schemas.strict, ...schemas.freshness }),
    body: {
      schema: schemas.batchRequest,
      examples: { two: { requests: [{ userId: "42", limit: 2 }, { userId: "7", exclude: ["1193"] }] } },
    },
    answers: {
      200: {
        description: "A list, or a problem, for each request",
        schema: schemas.batchAnswer,
        example: { results: [EXAMPLE_LIST] },
        headers: MODEL_HEADERS,
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
  }, async ({ query, body, startMs }) => {
    const active = await answers.fresh(query);
    const { recommender } = active;
    const results = body.requests.map(({ userId, limit, exclude }) =>
      query.strict && !recommender.knowsUser(userId)
        ? JSON.stringify(unknownUser(userId).body())
        : listJson(active, recommender.recommend(userId, { n: limit, exclude }))
    );
    return answers.json(active, `{"results":[${results.join(",")}]}`, startMs);
  });
}

function addSession(routes: RouteSet, answers: ModelAnswers): void {
  routes.add({
    method: "post",
    path: "/v1/sessions/recommendations",
    summary: "A list for somebody of whom only these items are known",
    description:
      "Nothing is stored. An item without a value counts as 1 (implicit) or as the best rating (explicit).",
    tag: "recommendations",
    scope: "read",
    query: z.strictObject(schemas.freshness),
    body: {
      schema: schemas.sessionRequest,
      examples: {
        ids: { items: ["1193", "661"], limit: 5 },
        values: { items: [{ itemId: "1193", value: 5 }, { itemId: "661", value: 2 }] },
      },
    },
    answers: {
      200: {
        description: "The list",
        schema: schemas.sessionList,
        example: { ...EXAMPLE_MODEL, basis: "session", items: EXAMPLE_ITEMS },
        headers: MODEL_HEADERS,
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
  }, async ({ query, body: { items, limit, exclude }, startMs }) => {
    const active = await answers.fresh(query);
    const list = active.recommender.recommendForSession(items, { n: limit, exclude });
    const json = `{"generation":${JSON.stringify(list.generation)},"appliedOffset":${list.appliedOffset},` +
      `"basis":"${list.basis}","items":${active.texts.listJson(list.items)}}`;
    return answers.json(active, json, startMs);
  });
}

function addPopular(routes: RouteSet, answers: ModelAnswers): void {
  routes.add({
    method: "get",
    path: "/v1/items/popular",
    summary: "The items with the most interactions",
    description: "The score is their number in the generation's data.",
    tag: "recommendations",
    scope: "read",
    query: z.strictObject({ limit: schemas.limit, exclude: schemas.exclude, ...schemas.freshness }),
    answers: {
      200: {
        description: "The list",
        schema: schemas.popularList,
        example: { ...EXAMPLE_MODEL, items: [{ ...EXAMPLE_ITEMS[0], score: 2227 }] },
        headers: CACHE_HEADERS,
      },
      304: { description: "The answer is the one that If-None-Match names" },
    },
    problems: ["malformed-request", "foreign-token", "invalid-request", "not-ready", "not-applied"],
  }, async ({ query, request, startMs }) => {
    const active = await answers.fresh(query);
    const { recommender, texts } = active;
    return answers.cachable(
      active,
      request,
      startMs,
      () =>
        `{"generation":${
          JSON.stringify(recommender.generation.generation)
        },"appliedOffset":${recommender.appliedOffset},` +
        `"items":${texts.listJson(recommender.popular(query.limit, query.exclude))}}`,
    );
  });
}
