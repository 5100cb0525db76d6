/** Errors as RFC 9457 says them: `application/problem+json` with type, title, status, detail and instance. */

/** Where in the request something is wrong: a JSON pointer (RFC 6901) into the body, or a parameter's name. */
export interface FieldError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

/** Each kind of problem with its status and title. The type is `urn:foz:problem:` and the kind's name. */
export const PROBLEMS = {
  "malformed-request": [400, "The request cannot be read"],
  "foreign-token": [400, "The token belongs to another log"],
  unauthorized: [401, "A key is needed"],
  forbidden: [403, "Not allowed"],
  "not-found": [404, "There is nothing here"],
  "unknown-user": [404, "The user is not known"],
  "unknown-item": [404, "The item is not known"],
  "unknown-event": [404, "There is no such event"],
  "unknown-generation": [404, "There is no such generation"],
  "unknown-job": [404, "There is no such job"],
  "unknown-model": [404, "There is no such model"],
  "unknown-prediction": [404, "No such prediction waits for its target"],
  "method-not-allowed": [405, "The method is not allowed here"],
  "event-conflict": [409, "The event id was used for another event"],
  "model-conflict": [409, "The model cannot be made beside those that are there"],
  "model-diverged": [409, "The model has left the finite numbers"],
  "training-running": [409, "A training is running already"],
  "too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "The body is not JSON"],
  "invalid-request": [422, "A value is not acceptable"],
  "invalid-event": [422, "The event is not acceptable"],
  "too-many-requests": [429, "Too many requests"],
  internal: [500, "An error of the server itself"],
  "not-ready": [503, "No model is loaded yet"],
  "not-applied": [503, "The event is not applied yet"],
  "models-elsewhere": [503, "Another process holds the models"],
  "store-unavailable": [503, "The store cannot be used now"],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemKind = keyof typeof PROBLEMS;

/** Members of an answer beside the standard ones, and headers. */
export interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of a problem answer. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly errors?: readonly FieldError[];
  readonly [member: string]: unknown;
}

/** Thrown by a route; the app turns it into an answer. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly kind: ProblemKind;
  readonly options: ProblemOptions;

  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.kind = kind;
    this.options = options;
  }

  get status(): number {
    return PROBLEMS[this.kind][0];
  }

  /** `instance` is the path that was asked for; absent where a problem is one of several results. */
  body(instance?: string): ProblemBody {
    const [status, title] = PROBLEMS[this.kind];
    return {
      type: `urn:foz:problem:${this.kind}`,
      title,
      status,
      detail: this.message,
      ...(instance === undefined ? {} : { instance }),
      ...(this.options.errors === undefined ? {} : { errors: this.options.errors }),
      ...this.options.members,
    };
  }

  response(instance: string): Response {
    return new Response(JSON.stringify(this.body(instance)), {
      status: this.status,
      headers: {
        "content-type": "application/problem+json",
        "cache-control": "no-store",
        ...this.options.headers,
      },
    });
  }
}
