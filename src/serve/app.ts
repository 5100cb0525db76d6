/** The HTTP application: everything it touches is handed in. */
import type { Clock } from "../ports/clock.ts";
import type { Erasures, Jobs } from "../ports/jobs.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { EventDoor } from "../ingest/accept_events.ts";
import type { HostedModels } from "../online/hosted/hosted_models.ts";
import type { AnsweringModel } from "./model_answers.ts";
import { Guard } from "./guard.ts";
import { Keys } from "./keys.ts";
import { ModelAnswers } from "./model_answers.ts";
import { openApiDocument } from "./openapi_document.ts";
import { dashboardPage } from "./pages/dashboard_page.ts";
import { docsPage } from "./pages/docs_page.ts";
import { RateLimit } from "./rate_limit.ts";
import { type ErrorSink, RouteSet } from "./route_set.ts";
import { addEventRoutes, type EventRoutesOptions } from "./routes/events.ts";
import { addForgettingRoutes, type ForgettingRoutesOptions } from "./routes/forgetting.ts";
import { addGenerationRoutes, type GenerationRoutesOptions } from "./routes/generations.ts";
import { addItemRoutes } from "./routes/items.ts";
import { addJobRoutes } from "./routes/jobs.ts";
import { addModelRoutes } from "./routes/models.ts";
import { addOperationRoutes } from "./routes/operation.ts";
import { addRecommendationRoutes } from "./routes/recommendations.ts";
import { addStreamRoute, type StreamedModel } from "./routes/stream.ts";

/** What a server that takes events needs besides. */
export interface WritingParts {
  readonly door: EventDoor;
  readonly model: EventRoutesOptions["model"] & ForgettingRoutesOptions["model"] & StreamedModel;
  readonly store: Omit<GenerationRoutesOptions, "clock">;
  readonly jobs: Jobs;
  readonly erasures: Erasures;
}

export interface AppDependencies {
  readonly model: AnsweringModel;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Absent: read routes only. */
  readonly writing?: WritingParts;
  /** Online models; absent: no routes of theirs. */
  readonly models?: HostedModels;
  readonly keys?: Keys;
  /** Requests a second for each key or client; 0 or absent: no limit. */
  readonly requestsPerSecond?: number;
  /** The client's address from the second argument of `fetch`; needed for the rate limit without keys. */
  readonly clientOf?: (platform: unknown) => string;
  /** See guard.ts. */
  readonly loopbackOnly?: boolean;
  readonly onError: ErrorSink;
}

export interface App {
  /** `platform` is what the runtime gives besides the request; only `clientOf` looks at it. */
  fetch(request: Request, platform?: unknown): Response | Promise<Response>;
}

function html(page: string): Response {
  return new Response(page, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      // One page with its own script and style; it may talk to this server and to nobody else.
      "content-security-policy":
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    },
  });
}

export function createApp(dependencies: AppDependencies): App {
  const { model, clock, metrics, writing, requestsPerSecond = 0 } = dependencies;
  const guard = new Guard({
    clock,
    keys: dependencies.keys ?? new Keys(),
    rateLimit: requestsPerSecond > 0 ? new RateLimit(requestsPerSecond) : undefined,
    clientOf: dependencies.clientOf ?? (() => "everybody"),
    loopbackOnly: dependencies.loopbackOnly ?? false,
  });
  const routes = new RouteSet({ clock, metrics, guard, onError: dependencies.onError });
  const answers = new ModelAnswers(model, clock);
  addRecommendationRoutes(routes, answers);
  addItemRoutes(routes, answers);
  if (writing !== undefined) {
    addEventRoutes(routes, { door: writing.door, model: writing.model, metrics });
    const { door: { log }, erasures, model: forgetful } = writing;
    addForgettingRoutes(routes, { log, erasures, clock, model: forgetful });
    addGenerationRoutes(routes, { ...writing.store, clock });
    addJobRoutes(routes, writing.jobs);
    addStreamRoute(routes, writing.model, clock);
  }
  if (dependencies.models !== undefined) addModelRoutes(routes, dependencies.models, clock);
  addOperationRoutes(routes, model, metrics);
  let document: string | undefined;
  routes.page("/openapi.json", () => {
    document ??= JSON.stringify(openApiDocument(routes.hono));
    return new Response(document, {
      headers: { "content-type": "application/json", "cache-control": "no-cache" },
    });
  });
  routes.page("/docs", () => html(docsPage));
  if (writing !== undefined) routes.page("/", () => html(dashboardPage));
  return { fetch: (request, platform) => routes.fetch(request, platform) };
}
