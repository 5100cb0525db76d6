/**
 * Sends messages in large requests. The library makes a request of each `send`; here those that come while one is under way
 * travel together in the next, so that a lone message never waits and many never make many requests.
 */
import { Buffer } from "node:buffer";
import type { ICustomPartitioner, Kafka, Message, Producer } from "kafkajs";
import { BadInput } from "../../domain/failure.ts";
import { partitionOf } from "../../domain/partitioner.ts";
import type { TopicMessage } from "../../ports/topic.ts";
import { failureOf, isTooLarge } from "./kafka_failure.ts";

/** A broker takes about 1 MB for each partition of a request unless it is told otherwise, with what it adds. */
const REQUEST_BYTES = 800_000;
/** What a record takes besides its own bytes, generously. */
const RECORD_BYTES = 64;

/** A call of `send` that is not done. */
interface Call {
  readonly topic: string;
  readonly messages: readonly TopicMessage[];
  /** Messages that are in a request or durable. */
  taken: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface Part {
  readonly call: Call;
  readonly messages: readonly TopicMessage[];
}

export class Sender {
  readonly #kafka: Kafka;
  #producer: Producer | undefined;
  #calls: Call[] = [];
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(kafka: Kafka) {
    this.#kafka = kafka;
  }

  send(topic: string, messages: readonly TopicMessage[]): Promise<void> {
    if (this.#isClosed) return Promise.reject(new BadInput(`sending to ${topic}: the topics are closed`));
    if (messages.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#calls.push({ topic, messages, taken: 0, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Sends what was asked for, then disconnects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
    await this.#producer?.disconnect().catch(() => {});
    this.#producer = undefined;
  }

  async #run(): Promise<void> {
    // Calls of the same moment go together.
    await Promise.resolve();
    while (this.#calls.length > 0) {
      const parts = this.#nextParts();
      try {
        await this.#request(parts);
        this.#done(parts);
      } catch (error) {
        await this.#failed(parts, error);
      }
    }
    // In the same breath as the look at the calls: one that comes next begins anew.
    this.#running = undefined;
  }

  /** What fits into a request, in the order of the calls. */
  #nextParts(): Part[] {
    const parts: Part[] = [];
    let room = REQUEST_BYTES;
    for (const call of this.#calls) {
      const start = call.taken;
      while (call.taken < call.messages.length) {
        const size = sizeOf(call.messages[call.taken]);
        if (size > room && room < REQUEST_BYTES) break;
        room -= size;
        call.taken++;
      }
      if (call.taken > start) parts.push({ call, messages: call.messages.slice(start, call.taken) });
      if (call.taken < call.messages.length) break;
    }
    return parts;
  }

  #done(parts: readonly Part[]): void {
    for (const { call } of parts) {
      if (call.taken < call.messages.length) continue;
      this.#calls.splice(this.#calls.indexOf(call), 1);
      call.resolve();
    }
  }

  /** One message that is too large must not take others with it: then each call's part goes alone, then each message. */
  async #failed(parts: readonly Part[], error: unknown): Promise<void> {
    if (isTooLarge(error) && (parts.length > 1 || parts[0].messages.length > 1)) {
      const smaller = parts.length > 1
        ? parts.map((part) => [part])
        : parts[0].messages.map((message) => [{ call: parts[0].call, messages: [message] }]);
      for (const some of smaller) {
        if (!this.#calls.includes(some[0].call)) continue;
        try {
          await this.#request(some);
        } catch (smallerError) {
          await this.#failed(some, smallerError);
        }
      }
      return this.#done(parts.filter(({ call }) => this.#calls.includes(call)));
    }
    for (const { call, messages } of parts) {
      this.#calls.splice(this.#calls.indexOf(call), 1);
      call.reject(
        isTooLarge(error)
          ? new BadInput(
            `sending to ${call.topic}: a message of ${
              sizeOf(messages[0]) - RECORD_BYTES
            } bytes is larger than the broker takes ` +
              "(max.message.bytes of the topic)",
            { cause: error },
          )
          : failureOf(`sending to ${call.topic}`, error),
      );
    }
  }

  async #request(parts: readonly Part[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { call: { topic }, messages } of parts) {
      let list = byTopic.get(topic);
      if (list === undefined) byTopic.set(topic, list = []);
      for (const message of messages) list.push(asLibraryMessage(message));
    }
    const producer = this.#producer ??= this.#kafka.producer({
      createPartitioner: javaPartitioner,
      allowAutoTopicCreation: false,
      // One request at a time keeps the order when one is tried again. It is not "idempotent": when one partition of a
      // request fails the library counts the sequence numbers of the others wrong, and the broker then drops messages.
      maxInFlightRequests: 1,
    });
    // Does nothing when it is connected.
    await producer.connect();
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
    await producer.sendBatch({ acks: -1, topicMessages });
  }
}

/** As the Java client puts keys; messages without one in turn. The library's own counts in boxed 64-bit numbers. */
const javaPartitioner: ICustomPartitioner = () => {
  const turns = new Map<string, number>();
  return ({ topic, partitionMetadata, message }) => {
    const count = partitionMetadata.length;
    if (message.key instanceof Uint8Array) return partitionOf(message.key, count);
    const turn = turns.get(topic) ?? 0;
    turns.set(topic, (turn + 1) % count);
    return turn % count;
  };
};

function sizeOf({ key, value, headers = {} }: TopicMessage): number {
  let size = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  // Four bytes a code unit is more than UTF-8 ever takes.
  for (const name in headers) size += 4 + 4 * (name.length + headers[name].length);
  return size;
}

function asLibraryMessage({ key, value, headers }: TopicMessage): Message {
  return { key: bufferOf(key), value: bufferOf(value), headers };
}

/** The library takes other arrays of bytes for text. */
function bufferOf(bytes: Uint8Array | undefined): Buffer | null {
  if (bytes instanceof Buffer) return bytes;
  return bytes === undefined ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
