/** Answers that go on: a message each second as a server-sent event. */
import { z } from "@hono/zod-openapi";
import type { Clock } from "../ports/clock.ts";

const PERIOD_MS = 1000;
const COUNT_ERROR = "a whole number from 1 to 9999 is accepted";

/** Of the query: after how many messages the stream ends. */
export const streamCount = z.string().regex(/^[1-9]\d{0,3}$/, { error: COUNT_ERROR }).transform(Number)
  .optional()
  .openapi({
    type: "integer",
    minimum: 1,
    maximum: 9999,
    description: "Messages after which the stream ends; absent: it goes on.",
    example: 1,
  });

/** What an endpoint says of such an answer. */
export const streamAnswer = { description: "Messages until one side ends it", type: "text/event-stream" };

export interface EventStreamOptions {
  /** What the messages are called. */
  readonly type: string;
  readonly clock: Clock;
  /** Messages at most; absent: no limit. */
  readonly count?: number;
  /** Ends the stream. */
  readonly closing: AbortSignal;
  /** What the next message says; undefined: there is nothing more to say, and the stream ends. */
  readonly next: () => unknown;
}

/** The first message at once, the next ones each a second later. */
export function eventStream({ type, clock, count = Infinity, closing, next }: EventStreamOptions): Response {
  const left = new AbortController(), ending = AbortSignal.any([left.signal, closing]);
  const encoder = new TextEncoder();
  let sent = 0;
  const messages = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent > 0) await clock.sleep(PERIOD_MS, ending);
      const said = ending.aborted ? undefined : next();
      if (said === undefined) return controller.close();
      controller.enqueue(encoder.encode(`event: ${type}\ndata: ${JSON.stringify(said)}\n\n`));
      if (++sent >= count) controller.close();
    },
    cancel: () => left.abort(),
  }, { highWaterMark: 0 });
  return new Response(messages, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}
