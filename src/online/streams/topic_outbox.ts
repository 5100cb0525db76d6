/** Where predictions and dead letters go. */
import { deadLetterOf, deadTopicOf, type MessagePlace, placeText } from "../../domain/dead_letter.ts";
import { OutsideFailure } from "../../domain/failure.ts";
import type { Target } from "../../domain/observation.ts";
import type { Clock } from "../../ports/clock.ts";
import type { TopicMessage, Topics } from "../../ports/topic.ts";

export interface TopicOutboxOptions {
  readonly topics: Topics;
  /** Of the predictions; undefined: they are not sent. */
  readonly predictions?: string;
  /** What predictions say of who made them. */
  readonly model: string;
  readonly clock: Clock;
  /** Ends the waiting between two tries. */
  readonly signal: AbortSignal;
  readonly onRetry?: (failure: OutsideFailure) => void;
}

export interface Answer {
  readonly place: MessagePlace;
  readonly key?: Uint8Array;
  /** Made before anything was learnt from what it answers; undefined: the model knew nothing yet. */
  readonly prediction: Target | undefined;
}

export interface Refused {
  readonly place: MessagePlace;
  readonly message: TopicMessage;
  readonly error: string;
}

const MOST_TRIES = 6;
const FIRST_WAIT_MS = 250;

export class TopicOutbox {
  readonly #options: TopicOutboxOptions;
  readonly #made = new Set<string>();
  readonly #encoder = new TextEncoder();

  constructor(options: TopicOutboxOptions) {
    this.#options = options;
  }

  /** Resolves when all of it is durable. Throws OutsideFailure when it could not be sent, however often it was tried. */
  async send(answers: readonly Answer[], refused: readonly Refused[]): Promise<void> {
    const { predictions } = this.#options;
    if (predictions !== undefined) {
      await this.#send(
        predictions,
        answers.map((answer) => this.#messageOf(answer)),
      );
    }
    const byTopic = Map.groupBy(refused, ({ place }) => deadTopicOf(place.topic));
    for (const [topic, letters] of byTopic) {
      await this.#send(
        topic,
        letters.map(({ place, message, error }) => deadLetterOf(place, message, error)),
      );
    }
  }

  /** Keyed as what it answers: predictions of a key keep their order. */
  #messageOf({ place, key, prediction }: Answer): TopicMessage {
    const { topic, partition, offset } = place, { model } = this.#options;
    const body = { topic, partition, offset, model, prediction: prediction ?? null };
    return {
      key,
      value: this.#encoder.encode(JSON.stringify(body)),
      headers: { "foz-observation": placeText(place) },
    };
  }

  async #send(topic: string, messages: readonly TopicMessage[]): Promise<void> {
    const { topics, clock, signal, onRetry } = this.#options;
    if (messages.length === 0) return;
    for (let tries = 1;; tries++) {
      try {
        if (!this.#made.has(topic)) await topics.create(topic, 1);
        this.#made.add(topic);
        return await topics.send(topic, messages);
      } catch (error) {
        if (!(error instanceof OutsideFailure) || tries === MOST_TRIES || signal.aborted) throw error;
        onRetry?.(error);
        await clock.sleep(FIRST_WAIT_MS * 2 ** tries, signal);
      }
    }
  }
}
