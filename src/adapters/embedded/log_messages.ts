/** What a log's client and its server say to each other over a port. */
import { BadInput, NumericFailure, OutsideFailure } from "../../domain/failure.ts";
import type { DatabaseOptions } from "./database.ts";
import type { Append, LogBackend, LogBatch } from "./log_backend.ts";
import type { ColumnReceiver, ColumnSender, SentColumns } from "./sent_columns.ts";

/** What a Worker, its inside, and a MessagePort have in common. */
export interface LogPort {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/** As `postMessage`. A list of nothing to transfer makes that a fifth slower. */
export function send(port: Pick<LogPort, "postMessage">, message: unknown, transfer: Transferable[]): void {
  if (transfer.length === 0) port.postMessage(message);
  else port.postMessage(message, transfer);
}

/** Opens the log of a file; must be the first request, and is answered with the log's id. */
export interface OpenRequest {
  readonly call: number;
  readonly method: "open";
  readonly parameters: readonly [path: string, options: DatabaseOptions];
}

/** Tells of every commit on that port from now on, in place of the one before. Answered with nothing. */
export interface FollowRequest {
  readonly call: number;
  readonly method: "follow";
  readonly parameters: readonly [port: MessagePort];
}

export type LogMethod = Exclude<keyof LogBackend, "logId" | "commit">;

export interface CallRequest {
  readonly call: number;
  readonly method: LogMethod;
  readonly parameters: readonly unknown[];
}

export interface CommitRequest {
  readonly call: number;
  readonly method: "commit";
  readonly parameters: readonly [appends: readonly SentAppend[]];
}

export type LogRequest = OpenRequest | CommitRequest | FollowRequest | CallRequest;

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

/** An append as it crosses the port. */
export type SentAppend =
  | Exclude<Append, { readonly kind: "columns" }>
  | { readonly kind: "columns"; readonly columns: SentColumns };

/** Appends to send, and their buffers to transfer. */
export function sentAppends(
  appends: readonly Append[],
  sender: ColumnSender,
): { appends: SentAppend[]; transfer: Transferable[] } {
  const transfer: Transferable[] = [];
  const sent = appends.map((append): SentAppend => {
    if (append.kind !== "columns") return append;
    const columns = sender.send(append.columns);
    const { keys, userIds, itemIds } = columns;
    for (const words of [keys, userIds.numbers, itemIds.numbers]) transfer.push(words.buffer as ArrayBuffer);
    transfer.push(...buffersOf(columns));
    return { kind: "columns", columns };
  });
  return { appends: sent, transfer };
}

export function receivedAppends(appends: readonly SentAppend[], receiver: ColumnReceiver): Append[] {
  return appends.map((append) =>
    append.kind === "columns" ? { kind: "columns", columns: receiver.receive(append.columns) } : append
  );
}

/** The buffers of a result that holds columns. */
export function buffersOfResult(method: LogRequest["method"], result: unknown): Transferable[] {
  if (method !== "readBatch") return [];
  const { columns } = result as LogBatch;
  return [...buffersOf(columns), columns.offsets.buffer as ArrayBuffer];
}

function buffersOf(columns: Pick<SentColumns, "users" | "items" | "values" | "timesMs">): Transferable[] {
  const { users, items, values, timesMs } = columns;
  return [users, items, values, timesMs].map((column) => column.buffer as ArrayBuffer);
}
