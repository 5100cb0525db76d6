/**
 * Makes the library rest. Its queue of requests calls itself again every millisecond on every connection, whether
 * something waits or not (tulios/kafkajs#1751): 5 to 10 % of a core for nothing. Only requests that wait, because the
 * broker throttles or too many are under way, need that timer. And it looks for requests that took too long (30 s) ten times
 * a second on every connection: every two seconds does, with one timer for all connections. To wake up is most of what an
 * idle process does.
 */
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

interface Queue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
  readonly enforceRequestTimeout: boolean;
  readonly inflight: ReadonlyMap<number, { sentAt: number; requestTimeout: number; timeoutRequest(): void }>;
  scheduleRequestTimeoutCheck(): void;
  isConnected(): boolean;
  destroy(): void;
}

const LOOK_MS = 2000;

const prototype = RequestQueue.prototype as Queue & { isQuiet?: true };

/** Queues of connections; looked at while there are any. */
const watched = new Set<Queue>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Once for the process, whatever the number of clients. */
export function quietQueues(): void {
  if (prototype.isQuiet) return;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: Queue) {
    if (this.pending.length > 0) schedule.call(this);
  };
  prototype.scheduleRequestTimeoutCheck = function (this: Queue) {
    if (!this.enforceRequestTimeout) return;
    watched.add(this);
    timer ??= setInterval(lookAtAll, LOOK_MS);
  };
  const destroy = prototype.destroy;
  prototype.destroy = function (this: Queue) {
    destroy.call(this);
    watched.delete(this);
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  prototype.isQuiet = true;
}

function lookAtAll(): void {
  const nowMs = Date.now();
  for (const queue of [...watched]) {
    for (const request of [...queue.inflight.values()]) {
      if (nowMs - request.sentAt > request.requestTimeout) request.timeoutRequest();
    }
    if (!queue.isConnected()) queue.destroy();
  }
}
