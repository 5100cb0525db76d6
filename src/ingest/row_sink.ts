/** What scanners give their rows to: who reads decides what becomes of them. */
import type { NewEvent } from "../domain/event.ts";
import { ID_PROBLEMS } from "./id_dictionary.ts";
import { type EventRules, type Problem, type RejectReason, valueProblem } from "./validate_event.ts";

/** Why a row was refused. Made once for each reason, so that a bad row allocates nothing. */
export interface Refusal {
  readonly reason: RejectReason;
  readonly field?: Problem["field"];
}

/** A row that was refused, with its bytes (its line end included, where it had one); they are lent, not given. */
export interface Reject extends Refusal {
  /** Of its first line, from 1. */
  readonly line: number;
  readonly bytes: Uint8Array;
  /** True where these are further bytes of a line that was refused before. */
  readonly isMore: boolean;
}

/** Called for each refused row; true stops the reading after the rows before it. */
export type OnReject = (reject: Reject) => boolean;

export type IdField = "userId" | "itemId";

const ID_REFUSALS: Readonly<Record<IdField, readonly Refusal[]>> = {
  userId: ID_PROBLEMS.map((reason) => ({ reason, field: "userId" })),
  itemId: ID_PROBLEMS.map((reason) => ({ reason, field: "itemId" })),
};
const NOT_FINITE: Refusal = { reason: "notFinite", field: "value" };
const OUT_OF_RANGE: Refusal = { reason: "outOfRange", field: "value" };

/** The refusal for what a dictionary gives of bytes that are no id. */
export function refusalOfId(field: IdField, problemCode: number): Refusal {
  return ID_REFUSALS[field][-1 - problemCode];
}

export function refusalOfValue(value: number, rules: EventRules): Refusal | undefined {
  const problem = valueProblem(value, rules);
  if (problem === undefined) return undefined;
  return problem === "outOfRange" ? OUT_OF_RANGE : NOT_FINITE;
}

/** Takes rows in order and gives them on in batches of its own kind. */
export abstract class RowSink<Batch = unknown> {
  /** The line of the record that is being read, from 1; whoever reads sets it. */
  line = 1;
  /** True from the moment on when nothing more may be read. */
  stopped = false;
  readonly rules: EventRules;
  readonly #onReject: OnReject;

  constructor(rules: EventRules, onReject: OnReject) {
    this.rules = rules;
    this.#onReject = onReject;
  }

  /** Adds a row whose ids are bytes[userStart, userEnd) and bytes[itemStart, itemEnd); or says why not. */
  abstract add(
    bytes: Uint8Array,
    userStart: number,
    userEnd: number,
    itemStart: number,
    itemEnd: number,
    value: number,
    timeMs: number,
  ): Refusal | undefined;

  /** Why bytes[start, end) is no itemId (or userId); undefined if it is one. */
  abstract idRefusal(field: IdField, bytes: Uint8Array, start: number, end: number): Refusal | undefined;

  /**
   * Adds an event with an id or a type of its own; it is valid. `ids` holds the user's id up to `userEnd`, the item's,
   * and a type behind a zero byte if there is one; `raw` the line. Both are lent.
   */
  abstract addNamed(
    event: Omit<NewEvent, "eventId"> & { eventId?: string },
    ids: Uint8Array,
    userEnd: number,
    raw: Uint8Array,
  ): void;

  /** The batches that are full. */
  abstract takeFull(): Batch[];

  /** All batches, the last one as full as it is. */
  abstract takeAll(): Batch[];

  /** Refuses the row of the current line, whose bytes are bytes[start, end). */
  reject(refusal: Refusal, bytes: Uint8Array, start: number, end: number): void {
    const reject = { ...refusal, line: this.line, bytes: bytes.subarray(start, end), isMore: false };
    if (this.#onReject(reject)) this.stopped = true;
  }

  /** More bytes of a line that was refused before it ended. */
  continueReject(bytes: Uint8Array): void {
    this.#onReject({ reason: "lineTooLong", line: this.line, bytes, isMore: true });
  }
}
