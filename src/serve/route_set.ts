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

/** A handler that sees the raw request first and answers without schemas, or gives undefined to have them applied. */
export type FastHandler = (context: Context, startMs: number) => Response | undefined;

const METHODS = ["GET", "POST", "DELETE"];

export class RouteSet {
  /** Paths stay percent-encoded until a parameter is read, so that an id may hold a slash. */
  readonly hono = new OpenAPIHono({ getPath: (request) => pathOf(request.url) });
  readonly #options: RouteSetOptions;

  constructor(options: RouteSetOptions) {
    this.#options = options;
    this.hono.notFound((context) => this.#unmatched(context));
  }

  add<const E extends Endpoint>(
    endpoint: E,
    handler: (input: Input<E>) => Answered,
    fast?: FastHandler,
  ): void {
    const { clock, guard, metrics } = this.#options;
    this.hono.openAPIRegistry.registerPath(routeConfigOf(endpoint));
    const counts = new RouteMetrics(metrics, clock, endpoint);
    const run = (context: Context, startMs: number): Answered =>
      fast?.(context, startMs) ?? this.#read(endpoint, handler, context.req.raw, startMs);
    this.hono.on(endpoint.method.toUpperCase(), endpoint.path.replaceAll(/\{(\w+)\}/g, ":$1"), (context) => {
      const startMs = clock.monotonicMs();
      const failed = (error: unknown) =>
        counts.done(this.#problem(error, context.req.raw, endpoint.path), startMs);
      try {
        const admitted = guard.admit(context.req.raw, context.env, endpoint.scope);
        const answered = admitted === undefined
          ? run(context, startMs)
          : admitted.then(() => run(context, startMs));
        if (answered instanceof Response) return counts.done(answered, startMs);
        return answered.then((response) => counts.done(response, startMs)).catch(failed);
      } catch (error) {
        return failed(error);
      }
    });
  }

  /** A page or file beside the interface; not in the document. */
  page(path: string, respond: () => Answered): void {
    this.hono.get(path, respond);
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
