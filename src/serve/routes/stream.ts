/** The state as it goes, as server-sent events: for a dashboard, or a terminal with curl -N. */
import { z } from "@hono/zod-openapi";
import type { LearnerFigures } from "../../domain/learner_figures.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AnsweringModel } from "../model_answers.ts";
import { eventStream, streamAnswer, streamCount } from "../event_stream.ts";
import type { RouteSet } from "../route_set.ts";

export interface StreamedModel extends AnsweringModel {
  /** Undefined where nothing is learned. */
  readonly figures: LearnerFigures | undefined;
  /** Ends all streams. */
  readonly closing: AbortSignal;
}

export function addStreamRoute(routes: RouteSet, model: StreamedModel, clock: Clock): void {
  routes.add({
    method: "get",
    path: "/v1/stream",
    summary: "The state, every second",
    description:
      "Server-sent events of type `state`, JSON: generation, appliedOffset, logEnd, lagEvents, lagMs, " +
      "eventsPerSecond (of the log), warnings, and where something is learned, `learner`: how well what came was predicted " +
      "before it was learned, over a window and in total, beside popularity, when that changed (`drifts`), and how far stored " +
      "lists are behind.",
    tag: "operation",
    scope: "read",
    query: z.strictObject({ count: streamCount }),
    answers: { 200: streamAnswer },
    problems: ["malformed-request", "invalid-request"],
  }, ({ query: { count } }) => {
    const next = stateReader(model, clock);
    return eventStream({ type: "state", clock, count, closing: model.closing, next });
  });
}

/** Each call gives the state, and how fast the log has grown since the last one. */
function stateReader(model: StreamedModel, clock: Clock) {
  let last: { readonly end: number; readonly atMs: number } | undefined;
  return () => {
    const nowMs = clock.monotonicMs(), { logEnd } = model;
    const rate = last === undefined ? 0 : 1000 * (logEnd - last.end) / Math.max(1, nowMs - last.atMs);
    last = { end: logEnd, atMs: nowMs };
    return stateOf(model, rate);
  };
}

function stateOf({ current, logEnd, lagMs, warnings, figures }: StreamedModel, eventsPerSecond: number) {
  const recommender = current?.recommender, appliedOffset = recommender?.appliedOffset ?? 0;
  return {
    generation: recommender?.generation.generation ?? null,
    appliedOffset,
    logEnd,
    lagEvents: Math.max(0, logEnd - appliedOffset),
    lagMs: Math.round(lagMs),
    eventsPerSecond: Math.round(10 * eventsPerSecond) / 10,
    warnings,
    learner: figures ?? null,
  };
}
