/** One operation of the interface: what it accepts and answers, from which the document is made and requests are read. */
import { type RouteConfig, z } from "@hono/zod-openapi";
import type { Scope } from "./keys.ts";
import { type FieldError, Problem, type ProblemKind, PROBLEMS } from "./problem.ts";
import { problem as problemSchema } from "./schemas.ts";

/** An answer without problem. */
export interface Answer {
  readonly description: string;
  /** A JSON body; absent for an answer without one, or with the type of `type`. */
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Body {
  readonly schema: z.ZodType;
  /** Absent: a body must be there. */
  readonly optional?: boolean;
  readonly examples: Readonly<Record<string, unknown>>;
}

/** Everything about an operation but its handler. */
export interface Endpoint {
  readonly method: "get" | "post" | "put" | "delete";
  /** As in OpenAPI: "/v1/users/{userId}/events". */
  readonly path: string;
  /** Where the one that is made from method and path is another operation's. */
  readonly operationId?: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: "recommendations" | "events" | "generations" | "jobs" | "models" | "operation";
  /** The scope a key needs; absent: open to everybody. */
  readonly scope?: Scope;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: Body;
  readonly answers: Readonly<Record<number, Answer>>;
  readonly problems: readonly ProblemKind[];
}

type Output<S> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler gets: parts of the request, checked. */
export interface Input<E extends Endpoint> {
  readonly params: Output<E["params"]>;
  readonly query: Output<E["query"]>;
  readonly body: E["body"] extends { schema: infer S } ? Output<S> : undefined;
  readonly request: Request;
  readonly startMs: number;
}

function jsonContent(schema: z.ZodType, example?: unknown) {
  return { "application/json": { schema, ...(example === undefined ? {} : { example }) } };
}

function answersOf(endpoint: Endpoint): RouteConfig["responses"] {
  const responses: Record<string, unknown> = {};
  for (const [status, answer] of Object.entries(endpoint.answers)) {
    responses[status] = {
      description: answer.description,
      ...(answer.schema === undefined ? {} : { content: jsonContent(answer.schema, answer.example) }),
      ...(answer.type === undefined ? {} : { content: { [answer.type]: { schema: z.string() } } }),
      ...(answer.headers === undefined ? {} : { headers: headersOf(answer.headers) }),
    };
  }
  const common: ProblemKind[] = endpoint.scope === undefined
    ? []
    : ["unauthorized", "forbidden", "too-many-requests"];
  for (const kind of [...endpoint.problems, ...common]) {
    const [status, title] = PROBLEMS[kind];
    const known = responses[status] as { description: string } | undefined;
    const content = { "application/problem+json": { schema: problemSchema } };
    responses[status] = { description: known ? `${known.description}; ${title}` : title, content };
  }
  return responses as RouteConfig["responses"];
}

function headersOf(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: "string" } }]),
  );
}

/** The operation's name: its method and the words of its path, "getUsersRecommendations". */
export function operationIdOf({ method, path, operationId }: Endpoint): string {
  if (operationId !== undefined) return operationId;
  const words = path.split(/[/:]/).filter((part) => part !== "" && part !== "v1" && !part.startsWith("{"));
  return method + words.map((word) => word[0].toUpperCase() + word.slice(1).replaceAll(/\W/g, "")).join("");
}

/** The operation as the OpenAPI generator wants it. */
export function routeConfigOf(endpoint: Endpoint): RouteConfig {
  const { method, path, summary, description, tag, scope, params, query, body } = endpoint;
  const examples = Object.fromEntries(
    Object.entries(body?.examples ?? {}).map(([name, value]) => [name, { value }]),
  );
  return {
    method,
    path,
    operationId: operationIdOf(endpoint),
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    ...(scope === undefined ? {} : { security: [{ bearer: [] }, { apiKey: [] }], "x-foz-scope": scope }),
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : {
        body: {
          required: !body.optional,
          content: { "application/json": { schema: body.schema, examples } },
        },
      }),
    },
    responses: answersOf(endpoint),
  };
}

/** A value for a message: short, whatever it is. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 60 ? text : `${text.slice(0, 57).toWellFormed()}...`;
}

/** What stands at the path; of a parameter the text as it was sent. */
function valueAt(value: unknown, path: readonly PropertyKey[], of: "body" | "parameter"): unknown {
  const upTo = of === "parameter" ? path.slice(0, 1) : path;
  return upTo.reduce((inside, part) => (inside as Record<PropertyKey, unknown> | undefined)?.[part], value);
}

/** Says of each issue where it is, what stood there, and what would have been accepted. */
function fieldErrors(
  error: z.ZodError,
  value: unknown,
  of: "body" | "parameter",
  known: string,
): FieldError[] {
  return error.issues.slice(0, MOST_ERRORS).map((issue) => {
    const path = issue.path.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1"));
    if (issue.code === "unrecognized_keys") {
      const [parameter] = issue.keys;
      const detail = `${shown(parameter)} is not known${known}`;
      return of === "body" ? { pointer: ["#", ...path].join("/"), detail } : { parameter, detail };
    }
    const given = valueAt(value, issue.path, of);
    const detail = given === undefined
      ? `missing: ${issue.message}`
      : `${shown(given)} was given: ${issue.message}`;
    return of === "body"
      ? { pointer: ["#", ...path].join("/"), detail }
      : { parameter: String(issue.path[0] ?? ""), detail };
  });
}

const MOST_ERRORS = 20;

/** `value` as the schema gives it. Throws a 422 problem that names each field. */
export function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  of: "body" | "parameter",
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const known = schema instanceof z.ZodObject && of === "parameter"
    ? `; accepted are ${Object.keys(schema.shape).join(", ")}`
    : "";
  const errors = fieldErrors(result.error, value, of, known);
  const [first] = errors;
  const where = of === "body" ? `in the body at ${first.pointer}` : `parameter "${first.parameter}"`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  throw new Problem("invalid-request", `${where}: ${first.detail}${more}`, { errors });
}
