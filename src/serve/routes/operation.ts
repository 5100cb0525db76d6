/** For those who run the server: is it alive, is it ready, what does it count. */
import { z } from "@hono/zod-openapi";
import type { Metrics } from "../../ports/metrics.ts";
import type { AnsweringModel } from "../model_answers.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";

const live = z.object({ status: z.literal("alive") }).openapi("Live");

const ready = z.object({
  status: z.literal("ready"),
  generation: z.string(),
  appliedOffset: z.int(),
  logEnd: z.int(),
  lagEvents: z.int().openapi({ description: "Records of the log that the answers do not know yet." }),
  lagMs: z.number().openapi({ description: "How long the oldest of them has been known." }),
  users: z.int(),
  items: z.int(),
  warnings: z.array(z.string()).openapi({ description: "What is wrong although answers are given." }),
}).openapi("Ready");

const EXAMPLE = {
  status: "ready",
  generation: "g000001",
  appliedOffset: 1000209,
  logEnd: 1000209,
  lagEvents: 0,
  lagMs: 0,
  users: 6040,
  items: 3706,
  warnings: [],
};

export function addOperationRoutes(routes: RouteSet, model: AnsweringModel, metrics: Metrics): void {
  const noStore = { headers: { "cache-control": "no-store" } };
  routes.add({
    method: "get",
    path: "/livez",
    summary: "The process answers",
    tag: "operation",
    answers: { 200: { description: "It does", schema: live, example: { status: "alive" } } },
    problems: [],
  }, () => Response.json({ status: "alive" }, noStore));
  routes.add({
    method: "get",
    path: "/readyz",
    summary: "Requests can be answered, and from which state",
    tag: "operation",
    answers: { 200: { description: "A model is loaded", schema: ready, example: EXAMPLE } },
    problems: ["not-ready"],
  }, () => {
    const recommender = model.current?.recommender;
    const { logEnd, warnings } = model;
    if (recommender === undefined) {
      const reasons = warnings.length > 0 ? warnings : ["no generation is active"];
      throw new Problem("not-ready", reasons.join("; "), {
        members: { reasons, appliedOffset: 0, logEnd },
        headers: { "retry-after": "1" },
      });
    }
    const { appliedOffset, userCount, itemCount, generation: { generation } } = recommender;
    const lagEvents = Math.max(0, logEnd - appliedOffset);
    const body = {
      status: "ready",
      generation,
      appliedOffset,
      logEnd,
      lagEvents,
      lagMs: Math.round(model.lagMs),
      users: userCount,
      items: itemCount,
      warnings,
    };
    return Response.json(body, noStore);
  });
  routes.add(
    {
      method: "get",
      path: "/metrics",
      summary: "Counters for Prometheus",
      tag: "operation",
      scope: "read",
      answers: { 200: { description: "The text exposition format", type: "text/plain" } },
      problems: [],
    },
    async () =>
      new Response(await metrics.expose(), {
        headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      }),
  );
}
