/** Generations: list, roll forward or back. */
import { z } from "@hono/zod-openapi";
import type { Generation } from "../../domain/generation.ts";
import type { Clock } from "../../ports/clock.ts";
import { activateGeneration, type ActivationTargets } from "../activate_generation.ts";
import { activation, generationList } from "../event_schemas.ts";
import { Problem } from "../problem.ts";
import type { RouteSet } from "../route_set.ts";

export interface GenerationRoutesOptions extends ActivationTargets {
  readonly clock: Clock;
  /** Makes this server look at the pointer; resolves when it serves what is active. */
  readonly refresh: () => Promise<void>;
}

function shown(one: Generation): z.input<typeof generationList>["generations"][number] {
  return {
    generation: one.generation,
    at: new Date(one.createdAtMs).toISOString(),
    offset: one.offset,
    feedback: one.parameters.feedback,
    factors: one.parameters.factorCount,
    users: one.userCount,
    items: one.itemCount,
    interactions: one.interactionCount,
    metrics: one.metrics,
    baseline: one.baseline,
    sha256: one.sha256,
    ...(one.verifiable === false ? { verifiable: false } : {}),
  };
}

const EXAMPLE = {
  generation: "g000001",
  at: "2026-03-01T12:00:00.000Z",
  offset: 1000209,
  feedback: "explicit" as const,
  factors: 64,
  users: 6040,
  items: 3706,
  interactions: 1000209,
  metrics: { rmse: 0.8512 },
  baseline: { rmse: 0.9081 },
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
};

export function addGenerationRoutes(routes: RouteSet, options: GenerationRoutesOptions): void {
  const { generations, clock, refresh } = options;
  routes.add({
    method: "get",
    path: "/v1/generations",
    summary: "What was published, oldest first, and which is active",
    tag: "generations",
    scope: "read",
    answers: {
      200: {
        description: "The list",
        schema: generationList,
        example: { active: "g000001", generations: [EXAMPLE] },
      },
    },
    problems: ["store-unavailable"],
  }, async () => {
    const [list, active] = await Promise.all([generations.list(), generations.active()]);
    return Response.json({ active: active?.generation ?? null, generations: list.map(shown) });
  });
  routes.add({
    method: "post",
    path: "/v1/generations/{generation}/activate",
    summary: "Makes a generation the one that answers",
    description:
      "One atomic swap, forward or back. When the answer comes this server serves it already; others follow.",
    tag: "generations",
    scope: "admin",
    params: z.object({ generation: z.string().min(1).max(256).openapi({ example: "g000001" }) }),
    answers: {
      200: {
        description: "It is active",
        schema: activation,
        example: { active: "g000001", appliedOffset: 1000209, at: "2026-03-01T12:00:00.000Z" },
      },
    },
    problems: ["unknown-generation", "store-unavailable"],
  }, async ({ params: { generation } }) => {
    const pointer = await activateGeneration(options, generation, clock.nowMs());
    if (pointer === undefined) {
      const known = (await generations.list()).map((one) => one.generation).join(", ") || "none";
      throw new Problem(
        "unknown-generation",
        `activating "${generation}": it is not published; published are: ${known}`,
      );
    }
    await refresh();
    const { appliedOffset, activatedAtMs } = pointer;
    return Response.json({
      active: pointer.generation,
      appliedOffset,
      at: new Date(activatedAtMs).toISOString(),
    });
  });
}
