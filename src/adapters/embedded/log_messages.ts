/** What a log's client and its server say to each other over a port. */
import { BadInput, NumericFailure, OutsideFailure } from "../../domain/failure.ts";
import type { NewEventColumns } from "../../domain/event.ts";
import type { DatabaseOptions } from "./database.ts";
import type { Append, LogBackend, LogBatch } from "./log_backend.ts";

/** What a Worker, its inside, and a MessagePort have in common. */
export interface LogPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** Opens the log of a file; must be the first request, and is answered with the log's id. */
export interface OpenRequest {
  readonly call: number;
  readonly method: "open";
  readonly parameters: readonly [path: string, options: DatabaseOptions];
}

export type LogMethod = Exclude<keyof LogBackend, "logId">;

export interface CallRequest {
  readonly call: number;
  readonly method: LogMethod;
  readonly parameters: readonly unknown[];
}

export type LogRequest = OpenRequest | CallRequest;

export type LogReply =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly failure: SentFailure };

/** An error as it crosses the port: structured cloning would make every class of ours a plain Error. */
export interface SentFailure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: SentFailure;
}

const CLASSES = { BadInput, OutsideFailure, NumericFailure };

export function sentFailure(error: unknown): SentFailure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: sentFailure(cause) }) };
}

export function receivedFailure({ name, message, stack, cause }: SentFailure): Error {
  const Class = name in CLASSES ? CLASSES[name as keyof typeof CLASSES] : Error;
  const error = new Class(message, cause === undefined ? undefined : { cause: receivedFailure(cause) });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** A copy of the appends whose arrays may be transferred: the caller's stay the caller's. */
export function transferable(appends: readonly Append[]): { appends: Append[]; transfer: Transferable[] } {
  const transfer: Transferable[] = [];
  const copies = appends.map((append): Append => {
    if (append.kind !== "columns") return append;
    const columns = copyOf(append.columns);
    transfer.push(...buffersOf(columns), columns.keys.buffer as ArrayBuffer);
    return { kind: "columns", columns };
  });
  return { appends: copies, transfer };
}

function copyOf(
  { count, users, items, values, timesMs, keys, userIds, itemIds }: NewEventColumns,
): NewEventColumns {
  return {
    count,
    users: users.slice(0, count),
    items: items.slice(0, count),
    values: values.slice(0, count),
    timesMs: timesMs.slice(0, count),
    keys: keys.slice(0, 4 * count),
    userIds,
    itemIds,
  };
}

/** The buffers of a result that holds columns. */
export function buffersOfResult(method: LogMethod, result: unknown): Transferable[] {
  if (method !== "readBatch") return [];
  const { columns } = result as LogBatch;
  return [...buffersOf(columns), columns.offsets.buffer as ArrayBuffer];
}

function buffersOf(columns: Pick<NewEventColumns, "users" | "items" | "values" | "timesMs">): Transferable[] {
  const { users, items, values, timesMs } = columns;
  return [users, items, values, timesMs].map((column) => column.buffer as ArrayBuffer);
}
