/** The end of a port where the log's file is. */
import { OutsideFailure } from "../../domain/failure.ts";
import { Database } from "./database.ts";
import { LogFile } from "./log_file.ts";
import {
  buffersOfResult,
  type LogPort,
  type LogReply,
  type LogRequest,
  type OpenRequest,
  receivedAppends,
  send,
  sentFailure,
} from "./log_messages.ts";
import { ColumnReceiver } from "./sent_columns.ts";

/** Answers the requests that arrive at the port, until the log is closed. */
export function serveEventLog(port: LogPort): void {
  let log: LogFile | undefined, follower: MessagePort | undefined;
  const receiver = new ColumnReceiver();
  const running = new Set<Promise<unknown>>();

  async function answer(request: LogRequest): Promise<[LogReply, Transferable[]]> {
    const { call, method } = request;
    try {
      if (method === "open") {
        log = new LogFile(Database.open(...request.parameters));
        return [{ call, result: log.logId }, []];
      }
      if (log === undefined) throw new OutsideFailure(`cannot ${method}: the event log is not open`);
      // Appends that were accepted before are finished first.
      if (method === "close") await Promise.allSettled(running);
      const result = await called(log, request);
      return [{ call, result }, buffersOfResult(method, result)];
    } catch (error) {
      return [{ call, failure: sentFailure(error) }, []];
    }
  }

  // Appends must be received in the order in which they arrive: nothing is awaited before this.
  async function called(log: LogFile, request: Exclude<LogRequest, OpenRequest>): Promise<unknown> {
    if (request.method === "commit") {
      return await log.commit(receivedAppends(request.parameters[0], receiver));
    }
    if (request.method === "follow") return follow(log, request.parameters[0]);
    return await (log[request.method] as (...parameters: unknown[]) => Promise<unknown>)(
      ...request.parameters,
    );
  }

  function follow(log: LogFile, port: MessagePort): void {
    follower?.close();
    follower = port;
    log.onCommit = (commit) => send(port, commit, []);
  }

  port.addEventListener("message", (event) => {
    const answered = answer(event.data as LogRequest).then((reply) => send(port, ...reply))
      .finally(() => running.delete(answered));
    if ((event.data as LogRequest).method !== "close") running.add(answered);
  });
}
