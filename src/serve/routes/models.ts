/** Online models over HTTP: made, asked, taught when the targets become known, watched, deleted. */
import { z } from "@hono/zod-openapi";
import { BadInput, LeaseLost, NumericFailure } from "../../domain/failure.ts";
import type { Answered, Lesson } from "../../online/hosted/hosted_model.ts";
import type { HostedModels, NamedModel } from "../../online/hosted/hosted_models.ts";
import type { ModelSettings } from "../../online/hosted/make_hosted_model.ts";
import { ModelConflict, ModelsElsewhere, NoSuchPrediction } from "../../online/hosted/model_failures.ts";
import type { Clock } from "../../ports/clock.ts";
import { eventStream, streamAnswer, streamCount } from "../event_stream.ts";
import {
  learnAnswer,
  learnRequest,
  modelAnswer,
  modelDeleted,
  modelList,
  modelName,
  modelRequest,
  predictAnswer,
  predictRequest,
} from "../model_schemas.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";

const params = z.object({ name: modelName });
const REQUEST = { model: "scale | linear(learning-rate=0.05)" };
const EXAMPLE = {
  name: "trip-duration",
  task: "regression",
  settings: {
    ...REQUEST,
    ...{ seed: 1, metrics: [], rolling: 0, detectors: ["adwin"], mostOpen: 10_000, expireAfterS: 86_400 },
  },
  createdAt: "2026-03-01T12:00:00.000Z",
  ...{ learned: 1200, predicted: 1250, open: 50, givenUp: 0 },
  metrics: { mae: 1.21, rmse: 1.66, r2: 0.81 },
  drifts: [{ learned: 731, detector: "adwin" }],
};
const BODY_PROBLEMS = [
  "malformed-request",
  "too-large",
  "unsupported-media-type",
  "invalid-request",
] as const;

type Request = z.output<typeof modelRequest>;

function settingsOf({ expireAfterS, ...rest }: Request): ModelSettings {
  return { ...rest, expireAfterMs: 1000 * expireAfterS };
}

function shown({ name, settings, createdAtMs, hosted }: NamedModel, nowMs: number) {
  const { expireAfterMs, ...rest } = settings;
  return {
    name,
    task: hosted.task,
    settings: { ...rest, expireAfterS: expireAfterMs / 1000 },
    createdAt: new Date(createdAtMs).toISOString(),
    ...hosted.figures(nowMs),
  };
}

/** What went wrong with a model, as a problem. */
function problemOf(error: unknown): unknown {
  if (error instanceof ModelsElsewhere || error instanceof LeaseLost) {
    return new Problem("models-elsewhere", error.message, { headers: { "retry-after": "2" } });
  }
  if (error instanceof ModelConflict) return new Problem("model-conflict", error.message);
  if (error instanceof NoSuchPrediction) return new Problem("unknown-prediction", error.message);
  if (error instanceof BadInput) return new Problem("invalid-request", error.message);
  if (error instanceof NumericFailure) return new Problem("model-diverged", error.message);
  return error;
}

function attempt<Result>(body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    throw problemOf(error);
  }
}

function predictionBody(name: string, id: string | undefined, { prediction, probabilities }: Answered) {
  const list = probabilities && [...probabilities].map(([label, probability]) => ({ label, probability }));
  return { name, id, prediction: prediction ?? null, probabilities: list };
}

export function addModelRoutes(routes: RouteSet, models: HostedModels, clock: Clock): void {
  const find = (name: string): NamedModel => {
    const found = attempt(() => models.get(name));
    if (found !== undefined) return found;
    const known = models.list().map((model) => model.name).slice(0, 10).join(", ") || "none";
    throw new Problem("unknown-model", `there is no model "${name}"; known are: ${known}`);
  };
  addKeeping(routes, models, clock, find);
  addUsing(routes, clock, find);
  addModelStream(routes, models, clock, find);
}

type Find = (name: string) => NamedModel;

/** PUT, GET and DELETE. */
function addKeeping(routes: RouteSet, models: HostedModels, clock: Clock, find: Find): void {
  routes.add({
    method: "get",
    path: "/v1/models",
    operationId: "listModels",
    summary: "The online models",
    tag: "models",
    scope: "read",
    answers: { 200: { description: "All of them", schema: modelList, example: { models: [EXAMPLE] } } },
    problems: ["models-elsewhere"],
  }, () => {
    const nowMs = clock.nowMs();
    return Response.json({ models: attempt(() => models.list()).map((model) => shown(model, nowMs)) });
  });
  routes.add({
    method: "put",
    path: "/v1/models/{name}",
    summary: "Makes an online model",
    description: "A model that is there with the same settings stays as it is (200); with others: 409.",
    tag: "models",
    scope: "admin",
    params,
    body: {
      schema: modelRequest,
      examples: { plain: REQUEST, watched: { ...REQUEST, detectors: ["adwin"] } },
    },
    answers: {
      200: { description: "It was there", schema: modelAnswer, example: EXAMPLE },
      201: { description: "It was made", schema: modelAnswer, example: EXAMPLE },
    },
    problems: [...BODY_PROBLEMS, "model-conflict", "models-elsewhere"],
  }, async ({ params: { name }, body }) => {
    const { model, isNew } = await models.create(name, settingsOf(body)).catch((error) => {
      throw problemOf(error);
    });
    const location = `/v1/models/${encodeURIComponent(name)}`;
    return Response.json(shown(model, clock.nowMs()), { status: isNew ? 201 : 200, headers: { location } });
  });
  routes.add({
    method: "get",
    path: "/v1/models/{name}",
    summary: "An online model and how well it predicts",
    tag: "models",
    scope: "read",
    params,
    answers: { 200: { description: "The model", schema: modelAnswer, example: EXAMPLE } },
    problems: ["unknown-model", "models-elsewhere"],
  }, ({ params: { name } }) => Response.json(shown(find(name), clock.nowMs())));
  routes.add({
    method: "delete",
    path: "/v1/models/{name}",
    summary: "Deletes an online model and all that it learned",
    tag: "models",
    scope: "admin",
    params,
    answers: {
      200: {
        description: "It is gone",
        schema: modelDeleted,
        example: { name: "trip-duration", deleted: true },
      },
    },
    problems: ["unknown-model", "models-elsewhere"],
  }, async ({ params: { name } }) => {
    find(name);
    await models.remove(name).catch((error) => {
      throw problemOf(error);
    });
    return Response.json({ name, deleted: true });
  });
}

/** Predict and learn. */
function addUsing(routes: RouteSet, clock: Clock, find: Find): void {
  routes.add({
    method: "post",
    path: "/v1/models/{name}/predict",
    summary: "Predicts, and with an id remembers it until the target is known",
    description:
      "Changes nothing that the model knows. The same id with the same features is answered the same.",
    tag: "models",
    scope: "read",
    params,
    body: {
      schema: predictRequest,
      examples: {
        once: { features: { distance: 4.2, stops: 2 } },
        later: { id: "trip-17", features: { distance: 4.2, stops: 2 } },
      },
    },
    answers: {
      200: {
        description: "The prediction",
        schema: predictAnswer,
        example: { name: "trip-duration", id: "trip-17", prediction: 13.4 },
      },
    },
    problems: [...BODY_PROBLEMS, "unknown-model", "model-diverged", "models-elsewhere"],
  }, ({ params: { name }, body: { id, features } }) => {
    const { hosted } = find(name);
    const answered = attempt(() => hosted.predict(features, id, clock.nowMs()));
    return Response.json(predictionBody(name, id, answered));
  });
  routes.add({
    method: "post",
    path: "/v1/models/{name}/learn",
    summary: "Measures and learns, one target or several in order",
    description:
      "Of one that is refused the problem is the answer; of several the others are learned. Kept every second: a " +
      "server that is killed loses what was learned in its last second, one that is stopped loses nothing.",
    tag: "models",
    scope: "write",
    params,
    body: {
      schema: learnRequest,
      examples: {
        later: { id: "trip-16", target: 12 },
        now: { features: { distance: 4.2, stops: 2 }, target: 14 },
        several: { observations: [{ features: { distance: 1, stops: 0 }, target: 4 }] },
      },
    },
    answers: {
      200: {
        description: "What was learned",
        schema: learnAnswer,
        example: { name: "trip-duration", accepted: 1, refused: [], learned: 1201, metrics: { mae: 1.2 } },
      },
    },
    problems: [...BODY_PROBLEMS, "unknown-model", "unknown-prediction", "model-diverged", "models-elsewhere"],
  }, ({ params: { name }, body }) => {
    const { hosted } = find(name), nowMs = clock.nowMs();
    const refused: { index: number; problem: unknown }[] = [];
    const lessons: readonly Lesson[] = "observations" in body ? body.observations : [body];
    for (const [index, lesson] of lessons.entries()) {
      try {
        hosted.learn(lesson, nowMs);
      } catch (error) {
        const problem = problemOf(error);
        if (!("observations" in body) || !(problem instanceof Problem)) throw problem;
        refused.push({ index, problem: problem.body() });
      }
    }
    const { learned, metrics } = hosted.figures(nowMs);
    return Response.json({ name, accepted: lessons.length - refused.length, refused, learned, metrics });
  });
}

function addModelStream(routes: RouteSet, models: HostedModels, clock: Clock, find: Find): void {
  routes.add({
    method: "get",
    path: "/v1/models/{name}/stream",
    summary: "The figures of a model, every second",
    description:
      "Server-sent events of type `figures`, JSON: learned, predicted, open, givenUp, metrics, drifts.",
    tag: "models",
    scope: "read",
    params,
    query: z.strictObject({ count: streamCount }),
    answers: { 200: streamAnswer },
    problems: ["invalid-request", "unknown-model", "models-elsewhere"],
  }, ({ params: { name }, query: { count } }) => {
    find(name);
    const next = () => figuresOf(models, name, clock.nowMs());
    return eventStream({ type: "figures", clock, count, closing: models.closing, next });
  });
}

/** Undefined once the model is no more, or is kept by another process. */
function figuresOf(models: HostedModels, name: string, nowMs: number) {
  try {
    return models.get(name)?.hosted.figures(nowMs);
  } catch (error) {
    if (error instanceof ModelsElsewhere) return undefined;
    throw error;
  }
}
