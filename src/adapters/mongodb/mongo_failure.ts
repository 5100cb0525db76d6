/** What the driver and the server say, in our words. */
import {
  MongoBulkWriteError,
  MongoCompatibilityError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
} from "mongodb";
import { BadInput, LeaseLost, OutsideFailure } from "../../domain/failure.ts";

const DUPLICATE_KEY = 11000;
/** Codes of the server: authentication failed, not authorized. */
const REFUSED = [18, 8000], FORBIDDEN = 13;

const ADVICE = {
  unreachable: "start the server, or give another --store (FOZ_STORE)",
  refused: "give the right user and password in the URL, and authSource if the user is of another database",
  forbidden: "give the user the role readWrite on that database",
  old: "upgrade the server: MongoDB 4.4 or later is accepted",
  other: "try again",
} as const;

/** Whether a unique index refused a write, and nothing else went wrong. */
export function isDuplicate(error: unknown): boolean {
  const isOnly = !(error instanceof MongoBulkWriteError) ||
    [error.writeErrors].flat().every(({ code }) => code === DUPLICATE_KEY);
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY && isOnly;
}

/** Whether the same call may succeed in a moment. */
export function isPassing(given: unknown): boolean {
  const error = insideOf(given);
  if (isOfSocket(error)) return true;
  if (!(error instanceof MongoError) || isRefused(error)) return false;
  // Of these the driver says so itself; what a write concern reports is of one server, not of the write.
  const isLabelled = error.hasErrorLabel("RetryableWriteError") ||
    error.hasErrorLabel("RetryableReadError") ||
    error.hasErrorLabel("RetryableError") || error.hasErrorLabel("PoolRequestedRetry");
  return isLabelled || error instanceof MongoNetworkError || error instanceof MongoServerSelectionError ||
    /^Mongo(PoolCleared|WaitQueueTimeout|WriteConcern)/.test(error.name) ||
    isOfMoment(error);
}

/** What a socket throws at once, when the server has ended it, comes through the driver as it is. */
function isOfSocket(error: unknown): boolean {
  const code = String((error as { code?: unknown } | undefined)?.code);
  return error instanceof Error && !(error instanceof MongoError) &&
    /^(EPIPE|ECONNRESET|ECONNREFUSED|ECONNABORTED|ENOTCONN|ETIMEDOUT|ERR_STREAM_\w+|ERR_SOCKET_\w+)$/.test(
      code,
    );
}

/** A bulk of writes wraps whatever ended it. */
function insideOf(error: unknown): unknown {
  const inside = error instanceof MongoBulkWriteError ? error.errorResponse as unknown : undefined;
  return inside instanceof Error ? inside : error;
}

/** Elections, shutdowns, stale sockets: codes of the server discovery specification, and a cursor that a restart lost. */
const MOMENTARY = new Set([6, 7, 43, 64, 89, 91, 189, 262, 9001, 10058, 10107, 11600, 11602, 13435, 13436]);

function isOfMoment(error: MongoError): boolean {
  return typeof error.code === "number" && MOMENTARY.has(error.code);
}

function isRefused(error: unknown): boolean {
  return [error, ...causesOf(error)].some((one) =>
    one instanceof MongoServerError && (REFUSED.includes(Number(one.code)) || one.code === FORBIDDEN)
  );
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  const inside = insideOf(error);
  if (inside !== error) causes.push(inside);
  for (let cause = (inside as Error)?.cause; cause !== undefined && causes.length < 9;) {
    causes.push(cause);
    cause = (cause as Error).cause;
  }
  return causes;
}

/** Ours as they are; another one as OutsideFailure that says what was attempted, where, and what to do. */
export function failureOf(what: string, place: string, error: unknown): Error {
  if (error instanceof BadInput || error instanceof OutsideFailure || error instanceof LeaseLost) {
    return error;
  }
  const kind = kindOf(error), reason = error instanceof Error ? error.message : String(error);
  return new OutsideFailure(`cannot ${what} in ${place}: ${reason}; ${ADVICE[kind]}`, { cause: error });
}

function kindOf(error: unknown): keyof typeof ADVICE {
  const all = [error, ...causesOf(error)];
  const hasCode = (codes: readonly number[]) =>
    all.some((one) => one instanceof MongoServerError && codes.includes(Number(one.code)));
  if (hasCode(REFUSED)) return "refused";
  if (hasCode([FORBIDDEN])) return "forbidden";
  if (all.some((one) => one instanceof MongoCompatibilityError)) return "old";
  const isNetwork = all.some((one) =>
    one instanceof MongoNetworkError || one instanceof MongoServerSelectionError || isOfSocket(one)
  );
  return isNetwork ? "unreachable" : "other";
}
