/** The library's client, set up so that it can be relied upon. */
import { Kafka, logLevel } from "kafkajs";
import type { KafkaAddress } from "./address.ts";
import { registerCodecs } from "./codecs.ts";
import { makeEncoderFast } from "./fast_encoder.ts";
import { installFastBatch } from "./fast_batch.ts";
import { quietQueues } from "./quiet_queue.ts";

/** For the log. The library's own words; `details` may hold an error. */
export interface KafkaNote {
  readonly level: "error" | "warning" | "info";
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ClientOptions {
  /** Who asks, for the broker's logs; "foz" if absent. */
  readonly clientId?: string;
  readonly onNote?: (note: KafkaNote) => void;
  /** Attempts of one request after the first, with pauses of 0.1 s to 2 s in between; 8 if absent: about 9 s. */
  readonly retries?: number;
}

const FIRST_PAUSE_MS = 100, MOST_PAUSE_MS = 2000;
const CONNECT_MS = 3000;

const LEVELS: Readonly<Record<number, KafkaNote["level"]>> = {
  [logLevel.ERROR]: "error",
  [logLevel.WARN]: "warning",
};

export function createClient({ brokers, ...access }: KafkaAddress, options: ClientOptions): Kafka {
  quietQueues();
  makeEncoderFast();
  installFastBatch();
  registerCodecs();
  const { onNote = () => {}, clientId = "foz", retries = 8 } = options;
  return new Kafka({
    clientId,
    brokers: [...brokers],
    ...accessOf(access),
    connectionTimeout: CONNECT_MS,
    retry: {
      initialRetryTime: FIRST_PAUSE_MS,
      maxRetryTime: MOST_PAUSE_MS,
      retries,
      // A consumer that crashed ends, and whoever runs it decides; restarted by the library it would go on unseen.
      restartOnFailure: () => Promise.resolve(false),
    },
    logLevel: logLevel.WARN,
    logCreator: () => ({ level, log: { message, ...details } }) =>
      onNote({ level: LEVELS[level] ?? "info", message, details }),
  });
}

function accessOf({ tls, authority, login }: Omit<KafkaAddress, "brokers">) {
  const ssl = tls ? (authority === undefined ? true : { ca: [authority] }) : undefined;
  if (login === undefined) return { ssl };
  const { mechanism, username, password } = login;
  // One object for each mechanism: the library's types tell them apart by the literal.
  if (mechanism === "plain") return { ssl, sasl: { mechanism, username, password } };
  if (mechanism === "scram-sha-256") return { ssl, sasl: { mechanism, username, password } };
  return { ssl, sasl: { mechanism, username, password } };
}
