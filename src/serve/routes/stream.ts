/** The state as it goes, as server-sent events: for a dashboard, or a terminal with curl -N. */
import { z } from "@hono/zod-openapi";
import type { LearnerFigures } from "../../domain/learner_figures.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AnsweringModel } from "../model_answers.ts";
import type { RouteSet } from "../route_set.ts";

export interface StreamedModel extends AnsweringModel {
  /** Undefined where nothing is learned. */
  readonly figures: LearnerFigures | undefined;
  /** Ends all streams. */
  readonly closing: AbortSignal;
}

const PERIOD_MS = 1000;
const COUNT_ERROR = "a whole number from 1 to 9999 is accepted";

const count = z.string().regex(/^[1-9]\d{0,3}$/, { error: COUNT_ERROR }).transform(Number).optional().openapi(
  {
    type: "integer",
    minimum: 1,
    maximum: 9999,
    description: "Messages after which the stream ends; absent: it goes on.",
    example: 1,
  },
);

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
    query: z.strictObject({ count }),
    answers: { 200: { description: "Messages until one side ends it", type: "text/event-stream" } },
    problems: ["malformed-request", "invalid-request"],
  }, ({ query }) => {
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    return new Response(stateStream(model, clock, query.count ?? Infinity), { headers });
  });
}

function stateStream(model: StreamedModel, clock: Clock, count: number): ReadableStream<Uint8Array> {
  const left = new AbortController(), end = () => left.abort(), encoder = new TextEncoder();
  let last: { readonly end: number; readonly atMs: number } | undefined, sent = 0;
  model.closing.addEventListener("abort", end, { once: true });
  const finish = () => (model.closing.removeEventListener("abort", end), end());
  return new ReadableStream({
    async pull(controller) {
      if (last !== undefined) await clock.sleep(PERIOD_MS, left.signal);
      if (left.signal.aborted || model.closing.aborted) return controller.close();
      const nowMs = clock.monotonicMs(), { logEnd } = model;
      const rate = last === undefined ? 0 : 1000 * (logEnd - last.end) / Math.max(1, nowMs - last.atMs);
      last = { end: logEnd, atMs: nowMs };
      const data = JSON.stringify(stateOf(model, rate));
      controller.enqueue(encoder.encode(`event: state\ndata: ${data}\n\n`));
      if (++sent < count) return;
      finish();
      controller.close();
    },
    cancel: finish,
  }, { highWaterMark: 0 });
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
