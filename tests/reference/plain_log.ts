/** The event log as one would write it on paper: a list of records, searched from its start. */
import type {
  ControlRecord,
  LoggedControl,
  LoggedEvent,
  NewEvent,
  NewEventColumns,
} from "../../src/domain/event.ts";
import { eventIdOfKey } from "../../src/domain/event_key.ts";
import type { AppendResult, ColumnsAppended } from "../../src/ports/event_log.ts";

export class PlainLog {
  readonly records: (LoggedEvent | LoggedControl)[] = [];

  append(events: readonly NewEvent[]): AppendResult[] {
    return events.map(({ timeAssigned, ...event }) => {
      const known = this.events().find(({ eventId }) => eventId === event.eventId);
      if (known === undefined) {
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

  events(): LoggedEvent[] {
    return this.records.filter((record): record is LoggedEvent => "eventId" in record);
  }

  controls(): LoggedControl[] {
    return this.records.filter((record): record is LoggedControl => "record" in record);
  }

  userIds(): string[] {
    return [...new Set(this.events().map(({ userId }) => userId))];
  }

  itemIds(): string[] {
    return [...new Set(this.events().map(({ itemId }) => itemId))];
  }

  eventsOfUser(userId: string): LoggedEvent[] {
    return this.events().filter((event) => event.userId === userId).reverse();
  }
}
