/** What went wrong between us and a broker, in our kinds of failure. */
import { BadInput, OutsideFailure } from "../../domain/failure.ts";

interface LibraryError extends Error {
  /** Of the protocol, for example "UNKNOWN_TOPIC_OR_PARTITION". */
  readonly type?: string;
  readonly cause?: LibraryError;
  readonly originalError?: LibraryError;
}

/** The error and those below it: the library wraps what it has tried several times. */
function chainOf(error: unknown): LibraryError[] {
  const chain: LibraryError[] = [];
  for (let at = error as LibraryError | undefined; at instanceof Error && chain.length < 8;) {
    chain.push(at);
    at = at.cause ?? at.originalError;
  }
  return chain;
}

/** Whether the broker gave one of these protocol errors. */
export function isOfType(error: unknown, ...types: readonly string[]): boolean {
  return chainOf(error).some(({ type }) => type !== undefined && types.includes(type));
}

/** The broker, or a limit of its topic, takes no message of this size. */
export function isTooLarge(error: unknown): boolean {
  return isOfType(error, "MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE");
}

export function isUnknownTopic(error: unknown): boolean {
  return isOfType(error, "UNKNOWN_TOPIC_OR_PARTITION") ||
    chainOf(error).some(({ name }) => name === "KafkaJSTopicMetadataNotLoaded");
}

/** `what` as in "sending to foz.events". Errors of ours stay as they are. */
export function failureOf(what: string, error: unknown): Error {
  const chain = chainOf(error);
  const ours = chain.find((one) => one instanceof BadInput || one instanceof OutsideFailure);
  if (ours !== undefined) return ours;
  return new OutsideFailure(`${what} failed: ${adviceOf(error, chain)}`, { cause: error });
}

function adviceOf(error: unknown, chain: readonly LibraryError[]): string {
  const has = (name: string) => chain.some((one) => one.name === name);
  if (has("KafkaJSSASLAuthenticationError") || isOfType(error, "SASL_AUTHENTICATION_FAILED")) {
    return "the broker refuses this user and password; see the address's user, password and mechanism";
  }
  if (isUnknownTopic(error)) return "there is no such topic, or it is hidden from this user";
  if (
    isOfType(
      error,
      "TOPIC_AUTHORIZATION_FAILED",
      "GROUP_AUTHORIZATION_FAILED",
      "CLUSTER_AUTHORIZATION_FAILED",
    )
  ) {
    return "this user may not do that on the broker";
  }
  if (has("KafkaJSServerDoesNotSupportApiKey")) return "the broker is too old; Kafka 1.0 or newer is needed";
  const codec = chain.map(({ message }) => /^(\w+) compression not implemented/.exec(message)?.[1])
    .find((name) => name !== undefined);
  if (codec !== undefined) {
    return `messages are compressed by ${codec}, which cannot be read here; gzip, snappy, lz4 and zstd can: set the ` +
      "producers' compression.type, and move the group past those messages";
  }
  return chain.at(-1)?.message ?? String(error);
}
