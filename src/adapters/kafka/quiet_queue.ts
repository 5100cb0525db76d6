/**
 * Makes the library rest. Its queue of requests calls itself again every millisecond on every connection, whether
 * something waits or not (tulios/kafkajs#1751): 5 to 10 % of a core for nothing. Only requests that wait, because the
 * broker throttles or too many are under way, need that timer. And it looks for requests that took too long (30 s) ten times
 * a second on every connection: every two seconds does.
 */
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

interface Queue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  readonly enforceRequestTimeout: boolean;
  readonly inflight: ReadonlyMap<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  requestTimeoutIntervalId: ReturnType<typeof setInterval> | undefined;
  scheduleRequestTimeoutCheck(): void;
  isConnected(): boolean;
  destroy(): void;
}

const LOOK_MS = 2000;

const prototype = RequestQueue.prototype as Queue & { isQuiet?: true };

/** Once for the process, whatever the number of clients. */
export function quietQueues(): void {
  if (prototype.isQuiet) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: Queue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function (this: Queue) {
    if (!this.enforceRequestTimeout) return;
    this.destroy();
    this.requestTimeoutIntervalId = setInterval(() => {
      const nowMs = Date.now();
      for (const request of [...this.inflight.values()]) {
        if (nowMs - request.sentAt > request.requestTimeout) request.timeoutRequest();
      }
      if (!this.isConnected()) this.destroy();
    }, LOOK_MS);
  };
  prototype.isQuiet = true;
}
