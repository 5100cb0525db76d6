/** Where a broker is and who asks, from a URL. */
import { readFileSync } from "node:fs";
import { BadInput, OutsideFailure } from "../../domain/failure.ts";

const MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;
export type Mechanism = (typeof MECHANISMS)[number];

export interface KafkaAddress {
  /** "host:port", at least one. */
  readonly brokers: readonly string[];
  readonly tls: boolean;
  /** PEM of the authority that signed the brokers' certificates; absent: those that the system trusts. */
  readonly authority?: string;
  /** A consumer that was killed loses its partitions after so long. The broker sets bounds. */
  readonly sessionMs?: number;
  readonly login?: {
    readonly mechanism: Mechanism;
    readonly username: string;
    readonly password: string;
  };
}

const FORM =
  "kafka://HOST:PORT[,HOST:PORT...] or kafkas://USER:PASSWORD@HOST:PORT?mechanism=plain|scram-sha-256|scram-sha-512&ca=FILE&session-ms=N";
const BROKER = /^([^\s:@/?#[\]]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?$/;
const STANDARD_PORT = 9092;

/**
 * Reads `kafka://` (in the clear) and `kafkas://` (TLS) URLs; several brokers are parted by commas; user and password are
 * percent-encoded. Throws BadInput that does not repeat the password, and OutsideFailure when the file of `ca` cannot be read.
 */
export function parseAddress(url: string): KafkaAddress {
  const match = /^kafka(s?):\/\/(?:([^@/]*)@)?([^/?#@]+)\/?(?:\?([^#]*))?$/s.exec(url);
  if (match === null) throw unreadable(url);
  const [, secure, user, hosts, query = ""] = match;
  const brokers = hosts.split(",").map((host) => {
    const broker = host.trim();
    if (!BROKER.test(broker)) throw unreadable(url);
    return /:\d+$/.test(broker) ? broker : `${broker}:${STANDARD_PORT}`;
  });
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    if (!["mechanism", "ca", "session-ms"].includes(name)) throw unreadable(url, `"${name}" is no parameter`);
  }
  const mechanism = parameters.get("mechanism") ?? "plain";
  if (!isMechanism(mechanism)) throw unreadable(url, `"${mechanism}" is no mechanism`);
  if (user === undefined && parameters.has("mechanism")) throw unreadable(url, "a mechanism needs a user");
  const file = parameters.get("ca"), session = parameters.get("session-ms");
  if (session !== null && !/^\d{3,7}$/.test(session)) {
    throw unreadable(url, `session-ms is "${session}", not a number of milliseconds from 100`);
  }
  return {
    brokers,
    tls: secure === "s",
    ...(file === null ? {} : { authority: readAuthority(file) }),
    ...(session === null ? {} : { sessionMs: Number(session) }),
    ...(user === undefined ? {} : { login: { mechanism, ...credentials(url, user) } }),
  };
}

/** The URL without the password, for logs and messages. */
export function shownAddress(url: string): string {
  return url.replace(/^(kafkas?:\/\/[^:@/]*):.*@/s, "$1:...@");
}

function isMechanism(text: string): text is Mechanism {
  return (MECHANISMS as readonly string[]).includes(text);
}

function credentials(url: string, user: string): { username: string; password: string } {
  const colon = user.indexOf(":");
  if (colon < 1) throw unreadable(url, "user and password are both needed");
  try {
    return {
      username: decodeURIComponent(user.slice(0, colon)),
      password: decodeURIComponent(user.slice(colon + 1)),
    };
  } catch {
    throw unreadable(url, "user and password must be percent-encoded");
  }
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new OutsideFailure(`reading the certificates of Kafka's authority from ${file} failed`, { cause });
  }
}

function unreadable(url: string, why?: string): BadInput {
  const reason = why === undefined ? "" : `: ${why}`;
  return new BadInput(`"${shownAddress(url)}" is no address of a Kafka broker${reason}; accepted is ${FORM}`);
}
