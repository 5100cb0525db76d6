/** The event log as one would write it on paper: a list of records, searched from its start. */
import type {
  ControlRecord,
  LoggedControl,
  LoggedEvent,
  NewEvent,
  NewEventColumns,
} from "../../src/domain/event.ts";
import { eventIdOfKey } from "../../src/domain/event_key.ts";
import type { AppendResult, ColumnsAppended, UserErased } from "../../src/ports/event_log.ts";

/** What is left of an event of an erased user: nobody but this test may know its id. */
interface Gone {
  readonly offset: number;
  readonly goneId: string;
}

export class PlainLog {
  readonly records: (LoggedEvent | LoggedControl | Gone)[] = [];
  /** By code; "" where the user was erased. */
  readonly #userIds: string[] = [];
  readonly #itemIds: string[] = [];

  append(events: readonly NewEvent[]): AppendResult[] {
    return events.map(({ timeAssigned, ...event }) => {
      const gone = this.records.find((record) => "goneId" in record && record.goneId === event.eventId);
      if (gone !== undefined) return { status: "duplicate", offset: gone.offset };
      const known = this.events().find(({ eventId }) => eventId === event.eventId);
      if (known === undefined) {
        if (!this.#userIds.includes(event.userId)) this.#userIds.push(event.userId);
        if (!this.#itemIds.includes(event.itemId)) this.#itemIds.push(event.itemId);
        this.records.push({ ...event, offset: this.records.length });
        return { status: "created", offset: this.records.length - 1 };
      }
      const isSame = known.userId === event.userId && known.itemId === event.itemId &&
        known.value === event.value && known.type === event.type &&
        (timeAssigned === true || known.timeMs === event.timeMs);
      return { status: isSame ? "duplicate" : "conflict", offset: known.offset };
    });
  }

  appendColumns(columns: NewEventColumns): ColumnsAppended {
    let created = 0;
    for (let i = 0; i < columns.count; i++) {
      const [{ status }] = this.append([{
        eventId: eventIdOfKey(columns.keys, 4 * i),
        userId: columns.userIds[columns.users[i]],
        itemId: columns.itemIds[columns.items[i]],
        value: columns.values[i],
        timeMs: columns.timesMs[i],
      }]);
      if (status === "created") created++;
    }
    return { created, duplicates: columns.count - created, end: this.records.length };
  }

  appendControl(record: ControlRecord, timeMs: number): number {
    this.records.push({ offset: this.records.length, timeMs, record });
    return this.records.length - 1;
  }

  deleteEvent(userId: string, eventId: string, timeMs: number): number | undefined {
    const event = this.events().find((one) => one.eventId === eventId && one.userId === userId);
    if (event === undefined) return undefined;
    const earlier = this.controls().find(({ record }) =>
      record.kind === "eventDeleted" && record.deletedOffset === event.offset
    );
    return earlier?.offset ??
      this.appendControl({ kind: "eventDeleted", deletedOffset: event.offset }, timeMs);
  }

  eraseUser(userId: string, timeMs: number): UserErased | undefined {
    const userCode = this.#userIds.indexOf(userId);
    if (userCode < 0) return undefined;
    const events = this.events().filter((event) => event.userId === userId), eventCount = events.length;
    for (const { offset, eventId } of events) this.records[offset] = { offset, goneId: eventId };
    this.#userIds[userCode] = "";
    return {
      offset: this.appendControl({ kind: "userErased", userCode, eventCount }, timeMs),
      userCode,
      eventCount,
    };
  }

  /** The deleted ones too. */
  events(): LoggedEvent[] {
    return this.records.filter((record): record is LoggedEvent => "eventId" in record);
  }

  controls(): LoggedControl[] {
    return this.records.filter((record): record is LoggedControl => "record" in record);
  }

  deletedOffsets(): number[] {
    const deleted = this.controls().flatMap(({ record }) =>
      record.kind === "eventDeleted" ? [record.deletedOffset] : []
    );
    return this.events().map(({ offset }) => offset).filter((offset) => deleted.includes(offset));
  }

  userIds(): string[] {
    return [...this.#userIds];
  }

  itemIds(): string[] {
    return [...this.#itemIds];
  }

  eventsOfUser(userId: string): LoggedEvent[] {
    const deleted = this.deletedOffsets();
    return this.events().filter((event) => event.userId === userId && !deleted.includes(event.offset))
      .reverse();
  }
}
