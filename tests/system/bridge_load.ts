/** Requests and events through topics, and what must be true of what came out, whatever happened to the bridge. */
import assert from "node:assert/strict";
import { openTopics } from "../../src/commands/open_topics.ts";
import { openStore } from "../../src/commands/open_store.ts";
import { groupOf } from "../../src/bridge/run_bridge.ts";
import type { BridgeNames } from "../../src/bridge/run_bridge.ts";
import { placeText } from "../../src/domain/dead_letter.ts";
import type { ReceivedMessage, Topics } from "../../src/ports/topic.ts";
import { freshName } from "../services/test_services.ts";
import { OWN_PROGRAM } from "../../src/commands/own_program.ts";

const encoder = new TextEncoder(), decoder = new TextDecoder();
const CHUNK = 200;
const USERS = 40;

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 120,
): Promise<void> {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end; await pause(50)) if (await holds()) return;
  assert.fail(`waited in vain until ${what}`);
}

export function freshNames(): BridgeNames {
  const base = freshName("bridge");
  return { requests: `${base}.req`, recommendations: `${base}.rec`, events: `${base}.ev`, group: base };
}

export interface BridgeProcess {
  end(signal: Deno.Signal): Promise<Deno.CommandStatus>;
  /** Of /readyz, /livez, /metrics. */
  readonly health: string;
}

export function bridgeArguments(kafka: string, names: BridgeNames): string[] {
  const { requests, recommendations, events, group } = names;
  return [
    ...["--kafka", kafka, "--kafka-group", group, "--kafka-requests", requests],
    ...["--kafka-recommendations", recommendations, "--kafka-events", events],
  ];
}

/** `foz bridge`; resolves when it says that it has started. */
export async function startBridge(
  kafka: string,
  store: string,
  names: BridgeNames,
  more: readonly string[] = [],
): Promise<BridgeProcess> {
  const flags = [...more, "--health-port", "0", "--json", "--log-level", "error", "--store", store];
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...OWN_PROGRAM,
      "bridge",
      ...flags,
      ...bridgeArguments(kafka, names),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value, done } = await reader.read();
  if (done) throw new Error(`foz bridge ended before it had started: ${await errors}`);
  return {
    health: JSON.parse(value.split("\n")[0]).health,
    end: async (signal) => {
      child.kill(signal);
      const [status] = await Promise.all([child.status, reader.cancel(), errors]);
      return status;
    },
  };
}

export class BridgeLoad {
  readonly names = freshNames();
  readonly topics: Topics;
  readonly answers: ReceivedMessage[] = [];
  readonly #stopping = new AbortController();
  #reading: Promise<void> | undefined;
  #requestCount = 0;
  #eventCount = 0;

  private constructor(topics: Topics) {
    this.topics = topics;
  }

  static async open(kafka: string): Promise<BridgeLoad> {
    const load = new BridgeLoad(await openTopics(kafka)), { topics, names } = load;
    for (const topic of [names.requests, names.recommendations, names.events]) await topics.create(topic, 4);
    const options = {
      topics: [names.recommendations],
      group: freshName("reader"),
      from: "beginning",
    } as const;
    load.#reading = (async () => {
      // The broker may be restarted meanwhile.
      while (!load.#stopping.signal.aborted) {
        try {
          await topics.consume(
            options,
            async (batch) => void load.answers.push(...batch.messages),
            load.#stopping.signal,
          );
        } catch {
          await pause(200);
        }
      }
    })();
    return load;
  }

  /** In chunks, half of them requests, with a pause after each; what a broker that is away refuses is sent again. */
  async send(count: number, pauseMs: number): Promise<void> {
    for (let sent = 0; sent < count; sent += CHUNK) {
      const requests = Array.from({ length: CHUNK }, () => this.#request());
      const events = Array.from({ length: CHUNK }, () => this.#event());
      await Promise.all([
        this.#surely(this.names.requests, requests),
        this.#surely(this.names.events, events),
      ]);
      await pause(pauseMs);
    }
  }

  get requestCount(): number {
    return this.#requestCount;
  }

  #request() {
    const id = this.#requestCount++, user = `u${id % USERS}`;
    return { key: encoder.encode(user), value: encoder.encode(user), headers: { id: String(id) } };
  }

  /** Its value is its number, so that it can be told apart in the log. */
  #event() {
    const value = this.#eventCount++, userId = `u${value % USERS}`;
    return {
      key: encoder.encode(userId),
      value: encoder.encode(JSON.stringify({ userId, itemId: `i${value % 7}`, value })),
    };
  }

  async #surely(topic: string, messages: Parameters<Topics["send"]>[1]): Promise<void> {
    for (let attempt = 0;; attempt++) {
      try {
        return await this.topics.send(topic, messages);
      } catch (error) {
        if (attempt > 20) throw error;
        await pause(500);
      }
    }
  }

  async untilAnswered(): Promise<void> {
    const ids = new Set<string>();
    let seen = 0;
    await until(`all of ${this.#requestCount} requests are answered`, () => {
      for (; seen < this.answers.length; seen++) ids.add(this.answers[seen].headers!.id);
      return ids.size === this.#requestCount;
    });
  }

  async untilTaken(): Promise<void> {
    const { events } = this.names, group = groupOf(this.names, "events");
    await until("all events are taken", async () => {
      const places = await this.topics.places(events, group);
      return places?.every(({ groupOffset = 0, endOffset }) => groupOffset === endOffset) ?? false;
    });
  }

  /**
   * What each message says, by where it stands. One that a broker took and did not acknowledge was sent again: it stands
   * there twice, and is two messages.
   */
  async #sent(topic: string): Promise<Map<string, ReceivedMessage>> {
    const sent = new Map<string, ReceivedMessage>(), enough = new AbortController();
    const options = { topics: [topic], group: freshName("check"), from: "beginning" } as const;
    const places = await this.topics.places(topic, options.group);
    const count = places!.reduce((sum, { endOffset }) => sum + endOffset, 0);
    await this.topics.consume(options, async ({ partition, messages }) => {
      for (const message of messages) {
        sent.set(placeText({ topic, partition, offset: message.offset }), message);
      }
      if (sent.size >= count) enough.abort();
    }, enough.signal);
    return sent;
  }

  /**
   * Every request is answered, each answer names a request of its id (the only one, unless it was sent again), and each
   * user's come in order. Gives how many are repeats.
   */
  async checkAnswers(): Promise<number> {
    const origins = new Map<string, string>(), last = new Map<string, number>();
    const requests = await this.#sent(this.names.requests);
    for (const { key, value, headers } of this.answers) {
      const { id, "foz-request": origin } = headers!, user = `u${Number(id) % USERS}`;
      const { userId, basis, items } = JSON.parse(decoder.decode(value));
      assert.deepEqual([decoder.decode(key), userId], [user, user]);
      assert.ok(["personal", "stored", "popular"].includes(basis) && items.length > 0);
      assert.equal(requests.get(origin)?.headers?.id, id, `an answer to request ${id}`);
      if (origins.has(id)) continue;
      origins.set(id, origin);
      assert.ok(
        Number(id) > (last.get(user) ?? -1),
        `request ${id} was answered before an earlier one of ${user}`,
      );
      last.set(user, Number(id));
    }
    assert.equal(origins.size, this.#requestCount);
    assert.equal(new Set(origins.values()).size, this.#requestCount);
    return this.answers.length - this.#requestCount;
  }

  /** Each event is in the log exactly as often as it was sent, each user's in order. */
  async checkLog(url: string, eventsBefore: number): Promise<void> {
    const sent = new Map<number, number>();
    for (const { value } of (await this.#sent(this.names.events)).values()) {
      const number = JSON.parse(decoder.decode(value)).value;
      sent.set(number, (sent.get(number) ?? 0) + 1);
    }
    const { eventLog, close } = await openStore(url);
    const users = await eventLog.userIds(),
      counts = new Map<number, number>(),
      last = new Map<string, number>();
    let position = 0;
    for await (const batch of eventLog.read()) {
      for (let i = 0; i < batch.count; i++) {
        if (position++ < eventsBefore) continue;
        const value = batch.values[i], userId = users[batch.users[i]];
        assert.equal(userId, `u${value % USERS}`);
        counts.set(value, (counts.get(value) ?? 0) + 1);
        if (counts.get(value)! > 1) continue;
        assert.ok(value > (last.get(userId) ?? -1), `event ${value} of ${userId} lies behind a later one`);
        last.set(userId, value);
      }
    }
    await close();
    assert.equal(counts.size, this.#eventCount);
    assert.deepEqual([...counts].filter(([value, count]) => count !== sent.get(value)), []);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#reading;
    await this.topics.close();
  }
}
