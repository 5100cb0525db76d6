/** What becomes of a message that cannot be used: it goes beside its topic as it came, with the reason. */

/** Where a message stands. */
export interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

interface Letter {
  readonly key?: Uint8Array;
  readonly value?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The topic that takes what cannot be used of another. */
export function deadTopicOf(topic: string): string {
  return `${topic}.dead`;
}

/** "topic-partition-offset", as headers name a message. */
export function placeText({ topic, partition, offset }: MessagePlace): string {
  return `${topic}-${partition}-${offset}`;
}

/** The message with its own bytes and headers, and `foz-error` and `foz-origin` (topic-partition-offset) besides. */
export function deadLetterOf(place: MessagePlace, { key, value, headers }: Letter, error: string): Letter {
  return { key, value, headers: { ...headers, "foz-error": error, "foz-origin": placeText(place) } };
}
