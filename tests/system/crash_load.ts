/** Clients that send events to a server which is killed under their hands, and remember what it had acknowledged. */
import assert from "node:assert/strict";
import type { Random } from "../../src/synthesize/random.ts";

export interface LoadEvent {
  readonly eventId: string;
  readonly userId: string;
  readonly itemId: string;
  readonly value: number;
  readonly time: string;
}

interface Answer {
  readonly results: readonly { readonly eventId: string; readonly status: string; readonly offset: number }[];
}

const USER_COUNT = 200, ITEM_COUNT = 150;
const START_MS = Date.UTC(2026, 0, 1);

export class CrashLoad {
  readonly #random: Random;
  /** All that was ever sent, by id. */
  readonly sent = new Map<string, LoadEvent>();
  /** The offset that was answered, by id. */
  readonly acknowledged = new Map<string, number>();
  /** Batches that were sent and not answered. */
  #open: LoadEvent[][] = [];
  /** Batches whose answer was lost, yet all of whose events were in the log afterwards; and those that were not there at all. */
  keptCount = 0;
  lostCount = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Sends what was not answered again; the server must know all of a batch or nothing of it. */
  async sendAgain(url: string): Promise<void> {
    const batches = this.#open;
    this.#open = [];
    for (const batch of batches) {
      const statuses = new Set((await this.#post(url, batch)).results.map(({ status }) => status));
      assert.equal(statuses.size, 1, `a batch that was not answered is half there: ${[...statuses]}`);
      if (statuses.has("duplicate")) this.keptCount++;
      else this.lostCount++;
    }
  }

  /** Several clients at once, each one batch after the other, until the server is gone. */
  async run(url: string, clientCount: number): Promise<void> {
    await Promise.all(Array.from({ length: clientCount }, async () => {
      for (;;) {
        const batch = this.#batch();
        try {
          await this.#post(url, batch);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error;
          this.#open.push(batch);
          return;
        }
      }
    }));
  }

  async #post(url: string, batch: readonly LoadEvent[]): Promise<Answer> {
    const response = await fetch(`${url}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ events: batch }),
    });
    const answer = await response.json() as Answer;
    assert.equal(response.status, 202, JSON.stringify(answer));
    for (const { eventId, status, offset } of answer.results) {
      assert.ok(status === "created" || status === "duplicate", `${eventId}: ${status}`);
      const before = this.acknowledged.get(eventId);
      if (before !== undefined) {
        assert.deepEqual([status, offset], ["duplicate", before], `${eventId} came twice`);
      }
      this.acknowledged.set(eventId, offset);
    }
    return answer;
  }

  #batch(): LoadEvent[] {
    const count = this.#random.below(3) === 0 ? 1 : 1 + this.#random.below(60);
    return Array.from({ length: count }, () => {
      const n = this.sent.size;
      const event = {
        eventId: `load-${n}`,
        userId: `u${this.#random.below(USER_COUNT)}`,
        // Skewed, and now and then an item that nobody knows yet.
        itemId: `i${Math.floor(ITEM_COUNT * this.#random.uniform() ** 2)}${
          this.#random.below(200) === 0 ? "-new" : ""
        }`,
        value: 1 + this.#random.below(5),
        time: new Date(START_MS + 1000 * n).toISOString(),
      };
      this.sent.set(event.eventId, event);
      return event;
    });
  }
}
