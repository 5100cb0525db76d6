/**
 * The one door: what an event from anywhere (HTTP, Kafka, a file) must be before it may enter the log.
 *
 * Ids are opaque strings of 1 to 256 UTF-16 code units, well-formed Unicode, without control characters: a control
 * character in an id is in practice the trace of a torn or misread line, and it would reach terminals and log files.
 * Spaces, slashes, quotes, emoji are all fine, and "A" is not "a": nothing is trimmed or normalised.
 */
import { type Interaction, MAX_ID_LENGTH } from "../domain/event.ts";
import { timeOfNumber, timeOfText, type TimeUnit } from "./parse_time.ts";

/** Why an event or a row was refused. These words stand in answers and reports. */
export type RejectReason =
  | "notAnEvent"
  | "missingField"
  | "unknownField"
  | "emptyId"
  | "idTooLong"
  | "badId"
  | "badUtf8"
  | "notANumber"
  | "notFinite"
  | "outOfRange"
  | "badTime"
  | "badQuotes"
  | "lineTooLong"
  | "conflict";

/** One refusal. `field` is the property of the event that is wrong; `message` a sentence for people. */
export interface Problem {
  readonly reason: RejectReason;
  readonly field?: "eventId" | "userId" | "itemId" | "value" | "time" | "type";
  readonly message: string;
}

/** What is declared about the events of a source. */
export interface EventRules {
  /** Values outside [minValue, maxValue] are refused. */
  readonly minValue: number;
  readonly maxValue: number;
  /** What a bare number as time means. */
  readonly timeUnit: TimeUnit;
  /** Refuse properties that are not ours: "rating" where "value" is meant would otherwise count as 1. */
  readonly knownFieldsOnly?: boolean;
}

const KNOWN_FIELDS: readonly string[] = ["eventId", "userId", "itemId", "value", "time", "type"];

/**
 * Rules where nothing is declared: HTTP's. The bound on values lies far beyond ratings and counts; squares of values
 * within it still fit single precision, so one event cannot make every later fit overflow.
 */
export const DEFAULT_RULES: EventRules = {
  minValue: -1e15,
  maxValue: 1e15,
  timeUnit: "milliseconds",
  knownFieldsOnly: true,
};

/** An event that may enter. */
export interface ValidEvent {
  /** Without a time of its own `timeMs` is 0 and `timeGiven` false. */
  readonly interaction: Interaction;
  readonly timeGiven: boolean;
  readonly eventId?: string;
}

export type Validation =
  | { readonly ok: true; readonly event: ValidEvent }
  | { readonly ok: false; readonly problem: Problem };

// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Why a string cannot be an id; undefined if it can. */
export function idProblem(id: string): RejectReason | undefined {
  if (id.length === 0) return "emptyId";
  if (id.length > MAX_ID_LENGTH) return "idTooLong";
  return !id.isWellFormed() || CONTROL.test(id) ? "badId" : undefined;
}

/** Why a number cannot be a value under these rules; undefined if it can. */
export function valueProblem(value: number, rules: EventRules): RejectReason | undefined {
  if (!Number.isFinite(value)) return "notFinite";
  return value < rules.minValue || value > rules.maxValue ? "outOfRange" : undefined;
}

/** A value for a message: short, on one line, whatever it is. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? typeof value;
  return text.length <= 60 ? text : `${text.slice(0, 57).toWellFormed()}...`;
}

/**
 * The sentence that belongs to a reason: what was read, and what would have been accepted. Without `value` it speaks of
 * the field only.
 */
export function problemOf(
  reason: RejectReason,
  field: Problem["field"],
  value: unknown,
  rules: EventRules = DEFAULT_RULES,
): Problem {
  const read = value === undefined ? `${field ?? "the event"}` : `${field ?? "event"} ${shown(value)}`;
  const quoted = value === undefined ? "the line" : shown(value);
  const sentences: Record<RejectReason, string> = {
    notAnEvent: `${quoted} is no event: an object with userId and itemId is accepted`,
    missingField: `${field ?? "a field"} is missing`,
    unknownField: `${quoted} is no property of an event: ${KNOWN_FIELDS.join(", ")} are accepted`,
    emptyId: `${field} is empty: 1 to ${MAX_ID_LENGTH} characters are accepted`,
    idTooLong: `${read} is too long: 1 to ${MAX_ID_LENGTH} characters are accepted`,
    badId: `${read} holds control characters or half a character: well-formed text without them is accepted`,
    badUtf8: `${field ?? "the line"} is not UTF-8`,
    notANumber: `${read} is not a number: a decimal number such as 4, 3.5 or 1e3 is accepted`,
    notFinite: `${read} is not finite: a finite number is accepted`,
    outOfRange: `${read} is out of range: ${rules.minValue} to ${rules.maxValue} is accepted`,
    badTime: `${read} is no time: ${acceptedTimes(rules.timeUnit)} within 1970 to 9999 is accepted`,
    badQuotes: `${quoted} has quotes that do not pair up`,
    lineTooLong: `the line is longer than 1 MiB`,
    conflict: `${read} exists already with another body`,
  };
  return { reason, ...(field === undefined ? {} : { field }), message: sentences[reason] };
}

function acceptedTimes(unit: TimeUnit): string {
  return `a number of ${unit === "auto" ? "seconds or milliseconds" : unit} since 1970 or an ISO 8601 time`;
}

function textProblem(field: "eventId" | "userId" | "itemId" | "type", value: unknown): Problem | undefined {
  if (value === undefined || value === null) return problemOf("missingField", field, undefined);
  const reason = typeof value === "string" ? idProblem(value) : "badId";
  return reason === undefined ? undefined : problemOf(reason, field, value);
}

/** Milliseconds of a time as JSON carries it; NaN if it is none. */
function timeOf(time: unknown, unit: TimeUnit): number {
  if (typeof time === "number") return timeOfNumber(time, unit);
  return typeof time === "string" ? timeOfText(time) : NaN;
}

/**
 * Checks an event as it comes out of JSON: `{userId, itemId, value?, time?, type?, eventId?}`. Without `value` it is 1;
 * null counts as absent; properties that are not ours are passed over unless the rules refuse them. Never throws.
 */
export function validateEvent(candidate: unknown, rules: EventRules = DEFAULT_RULES): Validation {
  const refused = (problem: Problem): Validation => ({ ok: false, problem });
  if (typeof candidate !== "object" || candidate === null || Array.isArray(candidate)) {
    return refused(problemOf("notAnEvent", undefined, candidate));
  }
  const { eventId, userId, itemId, value, time, type } = candidate as Record<string, unknown>;
  const textual = textProblem("userId", userId) ?? textProblem("itemId", itemId) ??
    (eventId == null ? undefined : textProblem("eventId", eventId)) ??
    (type == null ? undefined : textProblem("type", type));
  if (textual !== undefined) return refused(textual);
  const unknown = rules.knownFieldsOnly
    ? Object.keys(candidate).find((name) => !KNOWN_FIELDS.includes(name))
    : undefined;
  if (unknown !== undefined) return refused(problemOf("unknownField", undefined, unknown, rules));
  const number = value ?? 1;
  if (typeof number !== "number") return refused(problemOf("notANumber", "value", value));
  const reason = valueProblem(number, rules);
  if (reason !== undefined) return refused(problemOf(reason, "value", value, rules));
  const timeMs = time == null ? 0 : timeOf(time, rules.timeUnit);
  if (Number.isNaN(timeMs)) return refused(problemOf("badTime", "time", time, rules));
  const interaction: Interaction = {
    userId: userId as string,
    itemId: itemId as string,
    value: number + 0,
    timeMs,
    ...(type == null ? {} : { type: type as string }),
  };
  const event = {
    interaction,
    timeGiven: time != null,
    ...(eventId == null ? {} : { eventId: eventId as string }),
  };
  return { ok: true, event };
}
