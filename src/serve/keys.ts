/**
 * API keys. A server knows only the SHA-256 of a key and what the key may do; it compares in constant time and never
 * logs a key.
 *
 * Scopes: `read` asks for lists and lists events; `write` adds events and cannot read, so that a key that sits in a web
 * page cannot list what other people did; `admin` may do both and starts trainings and activates generations.
 * A key that needs read and write is listed once with each.
 */
import { BadInput } from "../domain/failure.ts";
import { Problem } from "./problem.ts";

export type Scope = "read" | "write" | "admin";

const SCOPES: readonly string[] = ["read", "write", "admin"];
const ENTRY = /^([a-z]+):([0-9a-f]{64})$/;

interface Key {
  readonly digest: Uint8Array;
  readonly scopes: Set<Scope>;
}

/** Who asks: the name under which requests are counted for the rate limit, and what is allowed. */
export interface Caller {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** Looks at every byte whatever they are, so that the time says nothing about where two digests differ. */
function equalDigests(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

/** The key that a request carries: `Authorization: Bearer KEY` or `X-API-Key: KEY`. */
function presentedKey(headers: Headers): string | undefined {
  const authorization = headers.get("authorization");
  const bearer = authorization === null ? null : /^Bearer +(\S+)$/i.exec(authorization);
  return bearer?.[1] ?? headers.get("x-api-key") ?? undefined;
}

/** The keys of a server. Without any, everybody may do everything. */
export class Keys {
  readonly #keys: Key[] = [];

  /**
   * Reads `SCOPE:SHA256HEX[,SCOPE:SHA256HEX...]`; the same digest may come with several scopes.
   * Throws BadInput that never repeats the text (a plain key put there by mistake must not end up in a log).
   */
  static parse(text: string): Keys {
    const keys = new Keys();
    for (const [i, entry] of text.split(",").map((part) => part.trim()).entries()) {
      if (entry === "") continue;
      const match = ENTRY.exec(entry);
      if (match === null || !SCOPES.includes(match[1])) {
        throw new BadInput(
          `entry ${i + 1} of the keys cannot be read (it is not shown here); accepted is ` +
            `read:, write: or admin: followed by the key's SHA-256 as 64 lower-case hexadecimal digits`,
        );
      }
      keys.#add(match[1] as Scope, bytesOfHex(match[2]));
    }
    return keys;
  }

  #add(scope: Scope, digest: Uint8Array): void {
    let key = this.#keys.find((known) => equalDigests(known.digest, digest));
    if (key === undefined) this.#keys.push(key = { digest, scopes: new Set() });
    key.scopes.add(scope);
    if (scope === "admin") key.scopes.add("read").add("write");
  }

  /** Whether requests need a key. */
  get required(): boolean {
    return this.#keys.length > 0;
  }

  /** Who asks. Throws a 401 problem for no key or one that is not known, 403 for one without the scope. */
  async authorize(headers: Headers, scope: Scope): Promise<Caller> {
    const presented = presentedKey(headers);
    const challenge = { headers: { "www-authenticate": 'Bearer realm="foz"' } };
    if (presented === undefined) {
      const detail =
        `this needs a key with the scope "${scope}": Authorization: Bearer KEY, or X-API-Key: KEY`;
      throw new Problem("unauthorized", detail, challenge);
    }
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(presented)));
    let found: Key | undefined, index = -1;
    for (const [i, key] of this.#keys.entries()) {
      if (equalDigests(key.digest, digest)) found = key, index = i;
    }
    if (found === undefined) {
      throw new Problem("unauthorized", "the key is not one of this server's", challenge);
    }
    if (!found.scopes.has(scope)) {
      const has = [...found.scopes].join(", ");
      throw new Problem("forbidden", `this needs the scope "${scope}"; the key has ${has}`);
    }
    return { name: `key ${index}`, scopes: found.scopes };
  }
}
