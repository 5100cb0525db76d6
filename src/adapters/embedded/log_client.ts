/** The end of a port where the log is used: a backend whose file another thread writes. */
import type { LoggedControl, LoggedEvent } from "../../domain/event.ts";
import { OutsideFailure } from "../../domain/failure.ts";
import type { UserEventsOptions } from "../../ports/event_log.ts";
import type { DatabaseOptions } from "./database.ts";
import type { Append, Appended, LogBackend, LogBatch } from "./log_backend.ts";
import {
  type LogPort,
  type LogReply,
  type LogRequest,
  receivedFailure,
  send,
  sentAppends,
} from "./log_messages.ts";
import { ColumnSender } from "./sent_columns.ts";

/** A thread that runs `serveEventLog`, and how to end it. */
export interface LogThread {
  readonly port: LogPort;
  /** Resolves with what ended the thread, if something other than `end` does. */
  readonly failed: Promise<Error>;
  end(): void;
}

interface Call {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class LogClient implements LogBackend {
  logId = "";
  readonly #thread: LogThread;
  readonly #sender = new ColumnSender();
  readonly #calls = new Map<number, Call>();
  #lastCall = 0;
  #ended: Error | undefined;

  private constructor(thread: LogThread) {
    this.#thread = thread;
    thread.port.addEventListener("message", (event) => this.#receive(event.data as LogReply));
    void thread.failed.then((error) => {
      this.#end(new OutsideFailure("the thread of the event log ended unexpectedly", { cause: error }));
    });
  }

  /** Opens the log of a file on the thread. */
  static async open(thread: LogThread, path: string, options: DatabaseOptions = {}): Promise<LogClient> {
    const client = new LogClient(thread);
    try {
      client.logId = await client.#call("open", [path, options]);
      return client;
    } catch (error) {
      thread.end();
      throw error;
    }
  }

  commit(appends: readonly Append[]): Promise<Appended[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const sent = sentAppends(appends, this.#sender);
    return this.#call("commit", [sent.appends], sent.transfer);
  }

  /** The other end hears of every commit (`Commit`) from now on, and who asked before no more. */
  follow(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    // Who hears nothing looks into the file.
    this.#call("follow", [port1], [port1]).catch(() => {});
    return port2;
  }

  end(): Promise<number> {
    return this.#call("end", []);
  }

  readBatch(from: number, until: number, batchCount: number): Promise<LogBatch> {
    return this.#call("readBatch", [from, until, batchCount]);
  }

  readControls(from: number, until: number): Promise<LoggedControl[]> {
    return this.#call("readControls", [from, until]);
  }

  listIds(side: "users" | "items", fromCode: number): Promise<string[]> {
    return this.#call("listIds", [side, fromCode]);
  }

  eventsOfUser(userId: string, options: UserEventsOptions): Promise<LoggedEvent[]> {
    return this.#call("eventsOfUser", [userId, options]);
  }

  findEvent(eventId: string): Promise<LoggedEvent | undefined> {
    return this.#call("findEvent", [eventId]);
  }

  deletedOffsets(): Promise<Float64Array> {
    return this.#call("deletedOffsets", []);
  }

  /** What was asked before is finished first; the thread ends. */
  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    try {
      await this.#call("close", []);
    } finally {
      this.#end(new OutsideFailure("the event log is closed"));
    }
  }

  #call<Result>(
    method: LogRequest["method"],
    parameters: readonly unknown[],
    transfer: Transferable[] = [],
  ): Promise<Result> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const call = ++this.#lastCall;
    return new Promise<Result>((resolve, reject) => {
      this.#calls.set(call, { resolve: resolve as (result: unknown) => void, reject });
      send(this.#thread.port, { call, method, parameters }, transfer);
    });
  }

  #receive(reply: LogReply): void {
    const call = this.#calls.get(reply.call);
    this.#calls.delete(reply.call);
    if ("failure" in reply) call?.reject(receivedFailure(reply.failure));
    else call?.resolve(reply.result);
  }

  /** All calls, those under way too, fail from now on. */
  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
    this.#thread.end();
  }
}
