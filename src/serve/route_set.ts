/** Binds endpoints to handlers: reads requests by their schemas, guards, counts, and turns errors into problems. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { OutsideFailure } from "../domain/failure.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import { checked, type Endpoint, type Input, routeConfigOf } from "./endpoint.ts";
import type { Guard } from "./guard.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read_body.ts";
import { pathOf, readParams, readQuery } from "./request_target.ts";
import { RouteMetrics } from "./route_metrics.ts";

type Answered = Response | Promise<Response>;

/** Called with errors that are the server's own, for the log. */
export type ErrorSink = (error: unknown, route: string) => void;

export interface RouteSetOptions {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly guard: Guard;
  readonly onError: ErrorSink;
}

/**
 * Asked before any route is looked up, with the target (path and query as they were sent) of a GET request: gives what
 * answers it without schemas, or undefined, and then the endpoint's own handler does. For the busiest route only.
 */
export type FastHandler = (target: string) => ((request: Request, startMs: number) => Response) | undefined;

interface FastRoute {
  readonly handler: FastHandler;
  readonly endpoint: Endpoint;
  readonly counts: RouteMetrics;
}

/** Where the host begins in "http://". */
const HOST_AT = 7;

const METHODS = ["GET", "POST", "PUT", "DELETE"];

export class RouteSet {
  /** Paths stay percent-encoded until a parameter is read, so that an id may hold a slash. */
  readonly hono = new OpenAPIHono({ getPath: (request) => pathOf(request.url) });
  readonly #options: RouteSetOptions;
  readonly #fast: FastRoute[] = [];

  constructor(options: RouteSetOptions) {
    this.#options = options;
    this.hono.notFound((context) => this.#unmatched(context));
  }

  /** The answer to any request, at once where nothing must be waited for. `platform` is what the runtime adds. */
  fetch(request: Request, platform: unknown): Answered {
    if (this.#fast.length > 0 && request.method === "GET") {
      const { url } = request;
      const target = url.slice(url.indexOf("/", HOST_AT + 1));
      for (const { handler, endpoint, counts } of this.#fast) {
        const run = handler(target);
        if (run === undefined) continue;
        return this.#answer(endpoint, counts, request, platform, (startMs) => run(request, startMs));
      }
    }
    return this.hono.fetch(request, platform as Record<string, unknown>);
  }

  add<const E extends Endpoint>(
    endpoint: E,
    handler: (input: Input<E>) => Answered,
    fast?: FastHandler,
  ): void {
    const { clock, metrics } = this.#options;
    this.hono.openAPIRegistry.registerPath(routeConfigOf(endpoint));
    const counts = new RouteMetrics(metrics, clock, endpoint);
    if (fast !== undefined) this.#fast.push({ handler: fast, endpoint, counts });
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1");
    this.hono.on(
      endpoint.method.toUpperCase(),
      path,
      ({ req: { raw }, env }) =>
        this.#answer(endpoint, counts, raw, env, (startMs) => this.#read(endpoint, handler, raw, startMs)),
    );
  }

  /** A page or file beside the interface; not in the document. */
  page(path: string, respond: () => Answered): void {
    this.hono.get(path, respond);
  }

  /** Guards, runs, counts, and turns errors into problems. */
  #answer(
    endpoint: Endpoint,
    counts: RouteMetrics,
    request: Request,
    platform: unknown,
    run: (startMs: number) => Answered,
  ): Answered {
    const startMs = this.#options.clock.monotonicMs();
    const failed = (error: unknown) => counts.done(this.#problem(error, request, endpoint.path), startMs);
    try {
      const admitted = this.#options.guard.admit(request, platform, endpoint.scope);
      const answered = admitted === undefined ? run(startMs) : admitted.then(() => run(startMs));
      if (answered instanceof Response) return counts.done(answered, startMs);
      return answered.then((response) => counts.done(response, startMs)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  #read<E extends Endpoint>(
    endpoint: E,
    handler: (input: Input<E>) => Answered,
    request: Request,
    startMs: number,
  ): Answered {
    const params = endpoint.params &&
      checked(endpoint.params, readParams(request.url, endpoint.path), "parameter");
    const query = endpoint.query && checked(endpoint.query, readQuery(request.url), "parameter");
    const input = { params, query, request, startMs };
    const { body } = endpoint;
    if (body === undefined) return handler({ ...input, body: undefined } as Input<E>);
    return readJson(request).then((value) => {
      if (value === undefined && body.optional) return handler({ ...input, body: undefined } as Input<E>);
      return handler({ ...input, body: checked(body.schema, value, "body") } as Input<E>);
    });
  }

  #problem(error: unknown, request: Request, route: string): Response {
    const path = pathOf(request.url);
    if (error instanceof Problem) return error.response(path);
    this.#options.onError(error, route);
    if (error instanceof OutsideFailure) {
      const detail = "the store cannot be used now; what was sent was not accepted and may be sent again";
      return new Problem("store-unavailable", detail, { headers: { "retry-after": "1" } }).response(path);
    }
    return new Problem("internal", "an error of the server itself; its log says more").response(path);
  }

  /** Nothing at this path (404), or not by this method (405, with those that are). */
  #unmatched(context: Context): Response {
    const path = pathOf(context.req.url);
    const { method } = context.req;
    const allowed = METHODS.filter((method) => this.hono.router.match(method, path)[0].length > 0);
    if (allowed.length === 0) return new Problem("not-found", `there is nothing at ${path}`).response(path);
    const allow = allowed.flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method]).join(", ");
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    const detail = `${method} is not allowed at ${path}; accepted is ${allow}`;
    return new Problem("method-not-allowed", detail, { headers: { allow } }).response(path);
  }
}
