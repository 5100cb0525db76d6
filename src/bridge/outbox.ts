/** Sends what the bridge makes, and what it cannot use beside the topic it came from. Nothing of it can get stuck. */
import { deadLetterOf, deadTopicOf, type MessagePlace } from "../domain/dead_letter.ts";
import { BadInput } from "../domain/failure.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { TopicMessage, Topics } from "../ports/topic.ts";

/** A message on its way, and the one that it answers. */
export interface Outgoing {
  readonly message: TopicMessage;
  readonly from: MessagePlace;
  /** The one that it answers, as it came. */
  readonly received: TopicMessage;
}

export interface DeadLetter {
  readonly from: MessagePlace;
  readonly received: TopicMessage;
  readonly error: string;
}

export class Outbox {
  readonly #topics: Pick<Topics, "send">;
  readonly #metrics: Metrics;

  constructor(topics: Pick<Topics, "send">, metrics: Metrics) {
    this.#topics = topics;
    this.#metrics = metrics;
  }

  /** Resolves when all are durable. What the broker finds too large becomes a dead letter. */
  async send(topic: string, outgoing: readonly Outgoing[]): Promise<void> {
    try {
      await this.#topics.send(topic, outgoing.map(({ message }) => message));
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      if (outgoing.length > 1) {
        for (const one of outgoing) await this.send(topic, [one]);
        return;
      }
      await this.bury(outgoing.map(({ from, received }) => ({ from, received, error: error.message })));
    }
  }

  /** Resolves when all are durable in the topic of dead letters. All come from one topic. */
  async bury(letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const { from: { topic } } = letters[0];
    try {
      await this.#topics.send(
        deadTopicOf(topic),
        letters.map(({ from, received, error }) => deadLetterOf(from, received, error)),
      );
    } catch (failure) {
      if (!(failure instanceof BadInput)) throw failure;
      if (letters.length > 1) {
        for (const letter of letters) await this.bury([letter]);
        return;
      }
      // With our headers it has become larger than the topic takes: its place still says where the bytes are.
      const [{ from, received: { key, value }, error }] = letters;
      const cut = `${error} (the original, ${value?.length ?? 0} bytes, was too large to be kept here)`;
      await this.#topics.send(deadTopicOf(topic), [deadLetterOf(from, { key: key?.slice(0, 1000) }, cut)]);
    }
    this.#metrics.increment("foz_bridge_dead_total", { topic }, letters.length);
  }
}
