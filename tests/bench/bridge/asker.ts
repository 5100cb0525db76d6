/** Asks over topics and takes the times, in a process of its own beside the bridge. */
import { openTopics } from "../../../src/commands/open_topics.ts";
import type { BridgeNames } from "../../../src/bridge/run_bridge.ts";
import type { TopicMessage, Topics } from "../../../src/ports/topic.ts";
import { freshName } from "../../services/test_services.ts";

const encoder = new TextEncoder();
const CHUNK = 2000;
const PARTITIONS = 4;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class Asker {
  readonly names: BridgeNames;
  readonly topics: Topics;
  readonly #users: number;
  readonly #sentMs = new Map<string, number>();
  readonly #stopping = new AbortController();
  #reading: Promise<void> | undefined;
  #count = 0;
  /** Milliseconds from the call of `send` to the answer in hand, in order of the answers. */
  tripsMs: number[] = [];

  private constructor(topics: Topics, users: number) {
    const base = freshName("bench");
    this.names = {
      requests: `${base}.req`,
      recommendations: `${base}.rec`,
      events: `${base}.ev`,
      group: base,
    };
    this.topics = topics;
    this.#users = users;
  }

  /** Users are called "1" to `users`. */
  static async open(kafka: string, users: number): Promise<Asker> {
    const asker = new Asker(await openTopics(kafka), users), { names, topics } = asker;
    const beside = [`${names.requests}.dead`, `${names.events}.dead`];
    for (const topic of [names.requests, names.recommendations, names.events, ...beside]) {
      await topics.create(topic, PARTITIONS);
    }
    return asker;
  }

  #request(): TopicMessage {
    const id = String(this.#count++), user = encoder.encode(String(1 + this.#count % this.#users));
    return { key: user, value: user, headers: { id } };
  }

  /** Takes the times of answers from now on. Resolves when it reads. */
  async listen(): Promise<void> {
    const assigned = Promise.withResolvers<void>();
    this.#reading = this.topics.consume({
      ...{ topics: [this.names.recommendations], group: freshName("asker"), from: "end" },
      onAssigned: () => assigned.resolve(),
    }, (batch) => {
      const nowMs = performance.now();
      for (const { headers } of batch.messages) {
        const sentMs = this.#sentMs.get(headers?.id ?? "");
        if (sentMs !== undefined) this.tripsMs.push(nowMs - sentMs);
      }
      return Promise.resolve();
    }, this.#stopping.signal);
    await assigned.promise;
    // Where the end is is asked for with the first fetch.
    await pause(500);
  }

  async ask(): Promise<void> {
    const request = this.#request();
    this.#sentMs.set(request.headers!.id, performance.now());
    await this.topics.send(this.names.requests, [request]);
  }

  /** Until so many answers were heard. Throws when the asker is closed before. */
  answered(count: number): Promise<void> {
    return this.#until(() => this.tripsMs.length >= count, 5);
  }

  /** One request every so many milliseconds; waits until all are answered. Gives their times. */
  async roundTrips(count: number, everyMs: number): Promise<number[]> {
    const before = this.tripsMs.length, startMs = performance.now();
    for (let i = 0; i < count; i++) {
      this.#stopping.signal.throwIfAborted();
      void this.ask();
      await pause(Math.max(0, startMs + (i + 1) * everyMs - performance.now()));
    }
    await this.answered(before + count);
    return this.tripsMs.slice(before);
  }

  /** All at once; seconds from the first send until the last answer is durable in its topic. */
  async burst(count: number): Promise<number> {
    const before = await this.#answerCount(), startMs = performance.now();
    const sending: Promise<void>[] = [];
    for (let sent = 0; sent < count; sent += CHUNK) {
      const messages = Array.from({ length: Math.min(CHUNK, count - sent) }, () => this.#request());
      sending.push(this.topics.send(this.names.requests, messages));
    }
    await Promise.all(sending);
    await this.#until(async () => await this.#answerCount() >= before + count, 20);
    return (performance.now() - startMs) / 1000;
  }

  async #until(holds: () => boolean | Promise<boolean>, everyMs: number): Promise<void> {
    while (!await holds()) {
      this.#stopping.signal.throwIfAborted();
      await pause(everyMs);
    }
  }

  async #answerCount(): Promise<number> {
    const places = await this.topics.places(this.names.recommendations);
    return places!.reduce((sum, { endOffset }) => sum + endOffset, 0);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#reading;
    await this.topics.close();
  }
}
