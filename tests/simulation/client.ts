/** Those who send events, what they were told, and whether the log kept its word. */
import assert from "node:assert/strict";
import type { LoggedEvent, LoggedEventColumns, NewEventColumns } from "../../src/domain/event.ts";
import { eventIdOfKey } from "../../src/domain/event_key.ts";
import type { EventsAccepted } from "../../src/ingest/accept_events.ts";
import type { EventLog } from "../../src/ports/event_log.ts";
import type { Random } from "../../src/synthesize/random.ts";
import { interactionsOf } from "../../src/synthesize/event_batches.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";
import { newColumns } from "../contracts/new_columns.ts";

export interface SentEvent {
  readonly eventId: string;
  readonly userId: string;
  readonly itemId: string;
  readonly value: number;
  readonly timeMs: number;
}

const WORLD = { userCount: 80, itemCount: 60, eventCount: 1_200, tasteCount: 3 };

export class Client {
  readonly #random: Random;
  /** In the order of the planted world; each is sent once or more. */
  readonly #events: SentEvent[];
  #next = 0;
  /** By event id. */
  readonly sent = new Map<string, SentEvent>();
  readonly acknowledged = new Set<string>();
  /** Ids of the last append that was not answered. */
  #unanswered: string[] = [];
  /** The log at the last look, by offset; deleted events too. */
  #seen = new Map<number, LoggedEvent>();
  /** Users who were erased, and events that were deleted, as far as they were told so. */
  readonly erased = new Set<string>();
  readonly deleted = new Set<string>();
  /** Deleted events of pairs of which nothing is left. */
  unseen: readonly LoggedEvent[] = [];
  /** The same of those who were not told: it was done, or not. */
  readonly perhapsErased = new Set<string>();
  readonly perhapsDeleted = new Set<string>();

  constructor(seed: number, random: Random) {
    this.#random = random;
    const feedback = seed % 2 === 0 ? "implicit" : "explicit";
    this.#events = [...interactionsOf(plantWorld({ ...WORLD, feedback, seed }))].map((one, i) => ({
      eventId: `e${i}`,
      ...one,
    }));
    for (let n = WORLD.eventCount / 10; n > 0; n--) this.#addChange();
  }

  /** New events, some of them out of order, among them some that were sent before, answered or not. */
  batch(): SentEvent[] {
    const events = this.#take(1 + this.#random.below(20));
    const known = [...this.sent.values()];
    for (let i = this.#random.below(4); i > 0 && known.length > 0; i--) {
      events.splice(this.#random.below(events.length + 1), 0, known[this.#random.below(known.length)]);
    }
    this.#remember(events);
    return events;
  }

  /** Rows of a file: the same events by the bulk door, under the ids of their keys. */
  columns(): NewEventColumns {
    const first = this.#next;
    const rows = this.#take(1 + this.#random.below(80)).map((event, i) => ({
      ...event,
      key: [first + i, 7, 0, 0],
    }));
    this.#remember(
      rows.map(({ key, ...event }) => ({ ...event, eventId: eventIdOfKey(Uint32Array.from(key)) })),
    );
    return newColumns(rows);
  }

  /** The door answered. */
  answered(events: readonly SentEvent[], { results }: EventsAccepted): void {
    results.forEach(({ status, offset }, i) => {
      const { eventId } = events[i];
      assert.ok(status === "created" || status === "duplicate", `${eventId} was answered with ${status}`);
      assert.ok(offset !== undefined);
      if (this.acknowledged.has(eventId)) assert.equal(status, "duplicate", `${eventId} was taken twice`);
      this.acknowledged.add(eventId);
    });
    this.#unanswered = [];
  }

  columnsAnswered(): void {
    for (const eventId of this.#unanswered) this.acknowledged.add(eventId);
    this.#unanswered = [];
  }

  /** One of the users who have sent something. */
  someUser(): string {
    const events = [...this.sent.values()];
    return events.length === 0 ? "nobody" : events[this.#random.below(events.length)].userId;
  }

  /** One of the events that were acknowledged. */
  someEvent(): SentEvent | undefined {
    const ids = [...this.acknowledged];
    return this.sent.get(ids[this.#random.below(Math.max(1, ids.length))] ?? "");
  }

  /** DESIGN.md 4.1 and 4.2, and what was forgotten. Gives the events of the log that count. */
  async checkLog(log: EventLog, batchCount: number): Promise<LoggedEvent[]> {
    const events = await this.#readAll(log, batchCount), deletedOffsets = new Set(await log.deletedOffsets());
    const found = new Map(events.map((event) => [event.eventId, event]));
    assert.equal(found.size, events.length, "an event is in the log twice");
    for (const { eventId, offset, ...event } of events) {
      assert.deepEqual(
        { eventId, ...event },
        this.sent.get(eventId),
        `the log holds ${offset} changed, or unasked`,
      );
      const isDeleted = deletedOffsets.has(offset);
      assert.ok(
        !isDeleted || this.deleted.has(eventId) || this.perhapsDeleted.has(eventId),
        `${eventId} was deleted`,
      );
      assert.ok(isDeleted || !this.deleted.has(eventId), `${eventId} still counts`);
    }
    for (const eventId of this.acknowledged) {
      assert.ok(
        found.has(eventId) || this.#mayBeGone(eventId),
        `${eventId} was acknowledged and is not in the log`,
      );
    }
    const unanswered = this.#unanswered.filter((eventId) => !this.#mayBeGone(eventId));
    const present = unanswered.filter((eventId) => found.has(eventId));
    assert.ok(
      present.length === 0 || present.length === unanswered.length,
      `of an append of ${unanswered.length} events that was not answered, ${present.length} are in the log`,
    );
    const counting = events.filter(({ offset }) => !deletedOffsets.has(offset));
    const pairs = new Set(counting.map(({ userId, itemId }) => `${userId} ${itemId}`));
    this.unseen = events.filter(({ userId, itemId }) => !pairs.has(`${userId} ${itemId}`));
    return counting;
  }

  /** Those who were erased for certain, and have not come back. */
  gone(userIds: readonly string[]): string[] {
    return [...this.erased].filter((userId) => !userIds.includes(userId));
  }

  #mayBeGone(eventId: string): boolean {
    const { userId } = this.sent.get(eventId)!;
    return this.erased.has(userId) || this.perhapsErased.has(userId);
  }

  /** A user comes back to an item with another value, under a time before or after the first one's. */
  #addChange(): void {
    const events = this.#events, at = this.#random.below(events.length);
    const timeMs = events[at].timeMs + 1000 * (this.#random.below(2000) - 1000);
    const change = { ...events[at], eventId: `e${events.length}`, value: 1 + this.#random.below(5), timeMs };
    events.splice(at + this.#random.below(events.length - at) + 1, 0, change);
  }

  /** The whole log; what was in it at the last look must still be there as it was. */
  async #readAll(log: EventLog, batchCount: number): Promise<LoggedEvent[]> {
    const events = new Map<number, LoggedEvent>(), deletedOffsets = new Set(await log.deletedOffsets());
    const [end, controls] = [await log.end(), await log.readControls()];
    const [userIds, itemIds] = [await log.userIds(), await log.itemIds()];
    for await (const batch of log.read({ batchCount })) {
      for (let i = 0; i < batch.count; i++) {
        const offset = batch.offsets[i], userId = userIds[batch.users[i]];
        assert.notEqual(userId, "", "an event of somebody who was erased");
        const event = this.#seen.get(offset) ??
          (deletedOffsets.has(offset)
            ? this.#deletedAt(batch, i, userId, itemIds[batch.items[i]])
            : (await log.eventsOfUser(userId, { limit: 1, beforeOffset: offset + 1 }))[0]);
        const { eventId } = event;
        assert.deepEqual(
          event,
          {
            eventId,
            offset,
            userId,
            itemId: itemIds[batch.items[i]],
            value: batch.values[i],
            timeMs: batch.timesMs[i],
          },
          `the record of offset ${offset} is another one now`,
        );
        events.set(offset, event);
      }
    }
    for (const [offset, { eventId }] of this.#seen) {
      assert.ok(events.has(offset) || this.#mayBeGone(eventId), "events that were read are gone");
    }
    const erasedCount = controls.reduce(
      (sum, { record }) => sum + (record.kind === "userErased" ? record.eventCount : 0),
      0,
    );
    const offsets = new Set([...events.values(), ...controls].map(({ offset }) => offset));
    assert.equal(offsets.size, events.size + controls.length, "an offset was given twice");
    assert.equal(offsets.size + erasedCount, end, "offsets are not dense");
    this.#seen = events;
    return [...events.values()];
  }

  /** What was deleted before it was ever looked at: the log does not give its id any more. */
  #deletedAt(
    { offsets, values, timesMs }: LoggedEventColumns,
    i: number,
    userId: string,
    itemId: string,
  ): LoggedEvent {
    const known = [...this.deleted, ...this.perhapsDeleted].map((eventId) => this.sent.get(eventId)!);
    const event = known.find((one) =>
      one.userId === userId && one.itemId === itemId && one.value === values[i] && one.timeMs === timesMs[i]
    );
    assert.ok(event !== undefined, `nobody has deleted what stands at ${offsets[i]}`);
    return { ...event, offset: offsets[i] };
  }

  #take(count: number): SentEvent[] {
    const events = this.#events.slice(this.#next, this.#next + count);
    this.#next += events.length;
    if (events.length > 2 && this.#random.below(3) === 0) events.reverse();
    return events;
  }

  #remember(events: readonly SentEvent[]): void {
    const fresh = events.filter(({ eventId }) => !this.sent.has(eventId));
    for (const event of events) this.sent.set(event.eventId, event);
    this.#unanswered = fresh.map(({ eventId }) => eventId);
  }
}
