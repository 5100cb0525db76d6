/** What the event log needs of its file, on this thread or behind a port. */
import type {
  ControlRecord,
  LoggedControl,
  LoggedEvent,
  LoggedEventColumns,
  NewEvent,
  NewEventColumns,
} from "../../domain/event.ts";
import type { AppendResult, ColumnsAppended, UserErased, UserEventsOptions } from "../../ports/event_log.ts";

/** One call of an append. */
export type Append =
  | { readonly kind: "events"; readonly events: readonly NewEvent[] }
  | { readonly kind: "columns"; readonly columns: NewEventColumns }
  | { readonly kind: "control"; readonly record: ControlRecord; readonly timeMs: number }
  | { readonly kind: "delete"; readonly userId: string; readonly eventId: string; readonly timeMs: number }
  | { readonly kind: "erase"; readonly userId: string; readonly timeMs: number };

/** What became of it: of events, of columns, the offset of a control record (of a deletion too), of an erasure. */
export type Appended = AppendResult[] | ColumnsAppended | number | UserErased | undefined;

/** Events in [from, until) up to a number of them; `next` is where the next batch begins. */
export interface LogBatch {
  readonly columns: LoggedEventColumns;
  readonly next: number;
}

export interface LogBackend {
  readonly logId: string;
  /** All of the appends in one transaction, in order. Their ids are well-formed. */
  commit(appends: readonly Append[]): Promise<Appended[]>;
  end(maxAgeMs?: number): Promise<number>;
  readBatch(from: number, until: number, batchCount: number): Promise<LogBatch>;
  readControls(from: number, until: number): Promise<LoggedControl[]>;
  listIds(side: "users" | "items", fromCode: number): Promise<string[]>;
  eventsOfUser(userId: string, options: UserEventsOptions): Promise<LoggedEvent[]>;
  findEvent(eventId: string): Promise<LoggedEvent | undefined>;
  deletedOffsets(): Promise<Float64Array>;
  close(): Promise<void>;
}
