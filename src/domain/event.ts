/** What arrives, and what the log holds of it. */

/** An id is an opaque string of 1 to this many characters (UTF-16 code units). */
export const MAX_ID_LENGTH = 256;

/** A user acted on an item. */
export interface Interaction {
  readonly userId: string;
  readonly itemId: string;
  /** The rating of an explicit event; the strength of the evidence of an implicit one, against the item if ≤ 0. Finite. */
  readonly value: number;
  /** Milliseconds since 1970. 0 where the source gave no time: it then counts as older than any event with one. */
  readonly timeMs: number;
  /** What kind of act it was ("click", "purchase"); kept, not interpreted. */
  readonly type?: string;
}

/** An interaction on its way into the log. The same `eventId` is never counted twice. */
export interface NewEvent extends Interaction {
  readonly eventId: string;
  /**
   * True where the source gave no time and `timeMs` is the receiver's clock. Such an event is a duplicate of an earlier
   * one whatever the times are, so that a retry is not a conflict. Not kept in the log.
   */
  readonly timeAssigned?: boolean;
}

/** An interaction in the log. */
export interface LoggedEvent extends Interaction {
  readonly eventId: string;
  /** Position in the log: dense from 0, one for each record (events and control records). */
  readonly offset: number;
}

/** Interactions as columns, the form in which millions of them move. Row i: users[i], items[i], values[i], timesMs[i]. */
export interface InteractionColumns {
  readonly count: number;
  readonly users: Uint32Array;
  readonly items: Uint32Array;
  readonly values: Float64Array;
  readonly timesMs: Float64Array;
}

/**
 * A batch on its way into the log in bulk. `users` and `items` index the batch's own lists, each of whose ids occurs in
 * the batch at least once and stands there in order of first appearance.
 * `keys` holds each row's event key (event_key.ts), four words a row: the `eventId` is `eventIdOfKey(key)`.
 */
export interface NewEventColumns extends InteractionColumns {
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly keys: Uint32Array;
}

/**
 * A batch read from the log. `users` and `items` are the log's codes: dense from 0 in order of first appearance in the
 * log; a code never changes its meaning (`EventLog.userIds`, `EventLog.itemIds` list them).
 * Row i has the offset `offsets[i]`; offsets ascend.
 */
export interface LoggedEventColumns extends InteractionColumns {
  readonly offsets: Float64Array;
}

/**
 * Records that say what was decided, so that a replay needs no clock: DESIGN.md "Control records".
 */
export type ControlRecord =
  | {
    readonly kind: "trainingStarted";
    readonly generation: string;
    readonly untilOffset: number;
    readonly seed: number;
    readonly parameters: Readonly<Record<string, number | string>>;
  }
  | { readonly kind: "generationActivated"; readonly generation: string }
  /** The event at `deletedOffset` does not count from here on. It stays in the log, so that a replay sees the same. */
  | { readonly kind: "eventDeleted"; readonly deletedOffset: number }
  /** The user's events are gone from the log, and the id with them; the code stands for nobody any more. */
  | { readonly kind: "userErased"; readonly userCode: number; readonly eventCount: number };

/** A control record in the log. */
export interface LoggedControl {
  readonly offset: number;
  readonly timeMs: number;
  readonly record: ControlRecord;
}
