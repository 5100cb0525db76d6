/** What a deleted event leaves of its pair: what a training would have of it if it read the log up to the deletion. */
import type { LoggedEventColumns } from "../domain/event.ts";
import type { Feedback } from "../domain/factor_model.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { PairValue } from "./live_model.ts";
import type { LogIds } from "./log_ids.ts";

export interface Correction {
  readonly user: number;
  readonly item: number;
  /** Absent if nothing of the pair is left. */
  readonly remaining?: PairValue;
}

/** More events than a user has. */
const ALL = 1e9;

/** One event of a pair. */
interface PairEvent extends PairValue {
  readonly offset: number;
}

/** By offset of the deleted event; undefined where it was erased since. */
type DeletedEvent = (PairEvent & { readonly user: number; readonly item: number }) | undefined;

/**
 * Made for a replay from `fromOffset` on. The log tells what a user's events are now; what was deleted after the record
 * in question still counted then. So deletions that are yet to come are put back.
 */
export class Corrections {
  readonly #log: EventLog;
  readonly #ids: LogIds;
  readonly #feedback: Feedback;
  /** Deletions of the log from the beginning of the replay to `#readUntil`, in order. */
  readonly #deletions: { readonly offset: number; readonly event: DeletedEvent }[] = [];
  #readUntil: number;

  constructor(log: EventLog, ids: LogIds, feedback: Feedback, fromOffset: number) {
    this.#log = log;
    this.#ids = ids;
    this.#feedback = feedback;
    this.#readUntil = fromOffset;
  }

  /** Of the control record at `offset`, which deletes. Undefined where the event is not in the log any more. */
  async of(offset: number, deletedOffset: number): Promise<Correction | undefined> {
    const deleted = await this.#eventAt(deletedOffset);
    if (deleted === undefined) return undefined;
    const { user, item } = deleted;
    const [userId, itemId] = [await this.#ids.of("user", user), await this.#ids.of("item", item)];
    const visible = await this.#log.eventsOfUser(userId, { limit: ALL, beforeOffset: offset });
    // Read after the events: whatever is not among them because it was deleted is among the deletions now.
    await this.#readDeletions();
    const pair = new Map(
      visible.filter((event) => event.itemId === itemId).map((one) => [one.offset, one as PairEvent]),
    );
    for (const { offset: at, event } of this.#deletions) {
      if (event?.user !== user || event.item !== item) continue;
      if (at > offset && event.offset < offset) pair.set(event.offset, event);
      else if (at <= offset) pair.delete(event.offset);
    }
    pair.delete(deletedOffset);
    const events = [...pair.values()].sort((a, b) => a.offset - b.offset);
    return { user, item, remaining: settled(events, this.#feedback) };
  }

  async #readDeletions(): Promise<void> {
    const fromOffset = this.#readUntil, untilOffset = await this.#log.end();
    if (fromOffset >= untilOffset) return;
    for (const { offset, record } of await this.#log.readControls({ fromOffset, untilOffset })) {
      if (record.kind !== "eventDeleted") continue;
      this.#deletions.push({ offset, event: await this.#eventAt(record.deletedOffset) });
    }
    this.#readUntil = untilOffset;
  }

  async #eventAt(offset: number): Promise<DeletedEvent> {
    for await (const batch of this.#log.read({ fromOffset: offset, untilOffset: offset + 1 })) {
      return firstOf(batch);
    }
    return undefined;
  }
}

function firstOf({ offsets, users, items, values, timesMs }: LoggedEventColumns): DeletedEvent {
  return { offset: offsets[0], user: users[0], item: items[0], value: values[0], timeMs: timesMs[0] };
}

/** Of a pair's events in order of offset: the greatest (time, offset) if explicit, else their sum, added in single precision. */
function settled(events: readonly PairEvent[], feedback: Feedback): PairValue | undefined {
  if (events.length === 0) return undefined;
  return events.reduce<PairValue>((sum, { value, timeMs }, k) => {
    if (k === 0) return { value: Math.fround(value), timeMs };
    if (feedback === "implicit") return { value: Math.fround(sum.value + Math.fround(value)), timeMs };
    return timeMs >= sum.timeMs ? { value, timeMs } : sum;
  }, events[0]);
}
