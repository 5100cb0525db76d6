/** Requests of a batch into answers. */
import { placeText } from "../domain/dead_letter.ts";
import type { Basis, RecommendationList } from "../domain/recommendation.ts";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { MessageBatch, ReceivedMessage } from "../ports/topic.ts";
import type { AfterEvents } from "./after_events.ts";
import type { Answerer } from "./answerer.ts";
import type { BridgeState } from "./bridge_state.ts";
import type { DeadLetter, Outbox, Outgoing } from "./outbox.ts";
import { type ListRequest, readRequest } from "./read_request.ts";

export interface AnswerRequestsOptions {
  readonly answerer: Answerer;
  /** Where the answers go. */
  readonly topic: string;
  readonly outbox: Outbox;
  readonly afterEvents: Pick<AfterEvents, "areKnown">;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly state: BridgeState;
}

/** How long an answer waits for the events before it; then it is given, and says that it does not know them. */
const AFTER_EVENTS_MS = 5000;
const NOT_READY_MS = 200;

const encoder = new TextEncoder();
const BASES: Readonly<Record<Basis, { basis: string }>> = {
  personal: { basis: "personal" },
  session: { basis: "session" },
  stored: { basis: "stored" },
  popular: { basis: "popular" },
};

interface Asked {
  readonly received: ReceivedMessage;
  readonly request: ListRequest;
}

/** Gives the handler of a batch. It rejects, and the batch comes again, when the store or the topics fail. */
export function requestAnswerer(options: AnswerRequestsOptions, signal: AbortSignal) {
  return async (batch: MessageBatch): Promise<void> => {
    const asked: Asked[] = [], letters: DeadLetter[] = [];
    for (const received of batch.messages) {
      const read = readRequest(received.value);
      if (read.ok) asked.push({ received, request: read.request });
      else letters.push({ from: placeOf(batch, received), received, error: read.problem });
    }
    const waits = asked.some(({ request }) => request.afterEvents);
    const areKnown = waits && await options.afterEvents.areKnown(batch.partition, AFTER_EVENTS_MS);
    const lists = asked.length === 0 ? [] : await listsOf(asked, batch, options, signal);
    // The partition is somebody else's now, who answers.
    if (lists === undefined) return;
    const { metrics, outbox } = options;
    const outgoing = asked.map(({ received, request }, i): Outgoing => {
      metrics.increment("foz_bridge_answers_total", BASES[lists[i].basis]);
      const from = placeOf(batch, received);
      const value = encoder.encode(answerJson(request, lists[i], areKnown));
      const headers = { ...received.headers, "foz-request": placeText(from) };
      return { message: { key: request.key, value, headers }, from, received };
    });
    await Promise.all([outbox.send(options.topic, outgoing), outbox.bury(letters)]);
  };
}

function placeOf({ topic, partition }: MessageBatch, { offset }: ReceivedMessage) {
  return { topic, partition, offset };
}

/** Waits until there is a generation to answer from. Throws when the bridge is to stop, so that the batch comes again. */
async function listsOf(
  asked: readonly Asked[],
  batch: MessageBatch,
  { answerer, clock, state }: AnswerRequestsOptions,
  signal: AbortSignal,
): Promise<RecommendationList[] | undefined> {
  for (;;) {
    const lists = await answerer.answer(asked.map(({ request }) => request));
    if (lists !== undefined) {
      state.works("requests");
      return lists;
    }
    state.failed("requests", "requests wait: no generation is active; `foz train` makes one");
    if (signal.aborted) throw new Error("stopped before there was a generation to answer from");
    if (batch.isStale()) return undefined;
    await clock.sleep(NOT_READY_MS, signal);
  }
}

/** Put together by hand: it is most of what the bridge itself does for an answer. */
function answerJson(
  { requestId, afterEvents }: ListRequest,
  list: RecommendationList,
  areKnown: boolean,
): string {
  const named = requestId === undefined ? "" : `"requestId":${JSON.stringify(requestId)},`;
  const known = afterEvents ? `"afterEvents":${areKnown},` : "";
  return `{"userId":${JSON.stringify(list.userId)},${named}"generation":${JSON.stringify(list.generation)},` +
    `"appliedOffset":${list.appliedOffset},"basis":"${list.basis}",${known}"items":${
      JSON.stringify(list.items)
    }}`;
}
