/** Who may come in: keys and their scopes, the rate limit, and what protects a server without keys from web pages. */
import type { Clock } from "../ports/clock.ts";
import type { Keys, Scope } from "./keys.ts";
import { Problem } from "./problem.ts";
import type { RateLimit } from "./rate_limit.ts";

export interface GuardOptions {
  readonly clock: Clock;
  readonly keys: Keys;
  /** Absent: no limit. */
  readonly rateLimit?: RateLimit;
  /** The address of the client, from what the platform gave with the request. */
  readonly clientOf: (platform: unknown) => string;
  /**
   * True for a server without keys on a loopback address: requests must then name a loopback host. Otherwise a web page
   * could reach the server through a host name of its own that resolves to 127.0.0.1 (DNS rebinding).
   */
  readonly loopbackOnly: boolean;
}

const LOOPBACK_HOST = /^https?:\/\/(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/i;

export class Guard {
  readonly #options: GuardOptions;
  /** The origin that passed last: nearly all requests name the same, and a prefix is cheaper than a pattern. */
  #goodOrigin = "\n";

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Throws a problem, or gives a promise where keys must be checked; undefined: come in. */
  admit(request: Request, platform: unknown, scope: Scope | undefined): Promise<void> | undefined {
    const { keys, loopbackOnly } = this.#options;
    if (loopbackOnly) this.#checkHost(request.url);
    if (scope === undefined) return undefined;
    if (keys.required) {
      return keys.authorize(request.headers, scope).then((caller) => this.#limit(caller.name));
    }
    if (request.method !== "GET" && request.method !== "HEAD") refuseOtherSites(request.headers);
    if (this.#options.rateLimit !== undefined) this.#limit(this.#options.clientOf(platform));
    return undefined;
  }

  #limit(caller: string): void {
    this.#options.rateLimit?.take(caller, this.#options.clock.monotonicMs());
  }

  #checkHost(url: string): void {
    if (url.startsWith(this.#goodOrigin)) return;
    if (!LOOPBACK_HOST.test(url)) {
      const detail = "this server has no keys and answers only to localhost, 127.0.0.1 and [::1]; " +
        `the request names ${new URL(url).host}`;
      throw new Problem("forbidden", detail);
    }
    this.#goodOrigin = url.slice(0, url.indexOf("/", 8) + 1);
  }
}

/** Browsers say where a request comes from; a page of another site must not change anything here. */
function refuseOtherSites(headers: Headers): void {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") {
    throw new Problem("forbidden", "this server has no keys and takes no changes from pages of other sites");
  }
}
