/** A message of the requests topic: a user id as plain text, or JSON. */
import { idProblem, problemOf } from "../ingest/validate_event.ts";
import type { ListWish } from "./answerer.ts";

export interface ListRequest extends ListWish {
  /** The asker's own name for the request; comes back in the answer. */
  readonly requestId?: string;
  /** The user id in UTF-8. */
  readonly key: Uint8Array;
  /** The answer is to know the events that came before. */
  readonly afterEvents: boolean;
}

export type ReadRequest =
  | { readonly ok: true; readonly request: ListRequest }
  | { readonly ok: false; readonly problem: string };

export const DEFAULT_LIMIT = 10;
export const MOST_LIMIT = 1000;
/** Longer values are no request; they are not even decoded. */
const MOST_BYTES = 65_536;

const FORM = "a user id as text, or JSON {userId, limit?, requestId?, afterEvents?}, is accepted";
const OPEN_BRACE = 0x7b;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const refused = (problem: string): ReadRequest => ({ ok: false, problem: `no request: ${problem}; ${FORM}` });

/** Text that begins with "{" is JSON. Properties that are not ours are passed over. Never throws. */
export function readRequest(value: Uint8Array | undefined): ReadRequest {
  if (value === undefined) return refused("the message has no value (a tombstone)");
  if (value.length === 0) return refused("the value is empty");
  if (value.length > MOST_BYTES) {
    return refused(`the value has ${value.length} bytes, more than ${MOST_BYTES}`);
  }
  let text: string;
  try {
    text = decoder.decode(value);
  } catch {
    return refused("the value is not UTF-8");
  }
  return value[0] === OPEN_BRACE ? readJson(text) : requestOf({ userId: text }, value);
}

function readJson(text: string): ReadRequest {
  let parsed: Record<string, unknown>;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return refused(`the value begins with "{" and is not JSON (${(error as Error).message})`);
  }
  return requestOf(parsed);
}

/** `key`: if the id's bytes are there already. */
function requestOf(
  { userId, limit, requestId, afterEvents }: Record<string, unknown>,
  key?: Uint8Array,
): ReadRequest {
  if (typeof userId !== "string") return refused(`userId is ${shown(userId)}, not text`);
  const reason = idProblem(userId);
  if (reason !== undefined) return refused(problemOf(reason, "userId", userId).message);
  const n = limit ?? DEFAULT_LIMIT;
  if (typeof n !== "number" || !Number.isInteger(n) || n < 1 || n > MOST_LIMIT) {
    return refused(`limit is ${shown(limit)}, not a whole number from 1 to ${MOST_LIMIT}`);
  }
  if (requestId != null && (typeof requestId !== "string" || requestId.length > 256)) {
    return refused(`requestId is ${shown(requestId)}, not text of up to 256 characters`);
  }
  if (afterEvents != null && typeof afterEvents !== "boolean") {
    return refused(`afterEvents is ${shown(afterEvents)}, not true or false`);
  }
  const named = typeof requestId === "string" ? { requestId } : {};
  const request = { userId, key: key ?? encoder.encode(userId), limit: n, afterEvents: afterEvents === true };
  return { ok: true, request: { ...request, ...named } };
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57).toWellFormed()}...`;
}
