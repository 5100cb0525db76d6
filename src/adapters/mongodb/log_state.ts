/** What a process remembers of the log in MongoDB: where it ends, the codes, the control records. A fold of its entries. */
import type { Collection } from "mongodb";
import type { LoggedControl, LoggedEvent } from "../../domain/event.ts";
import { OutsideFailure } from "../../domain/failure.ts";
import { type Connection, pause } from "./connection.ts";
import { type CodedEvent, type EntryDocument, NOBODY } from "./log_entries.ts";

/** What of an entry concerns those who do not read its events. */
const LIGHT = { parts: 0, write: 0 } as const;
/** A secondary that became primary may need a moment to know what a majority has. */
const TRIES = 50, TRY_MS = 20;

export class LogState {
  readonly #connection: Connection;
  readonly #entries: Collection<EntryDocument>;
  #end = 0;
  #broughtCount = 0;
  readonly users = new Codes();
  readonly items = new Codes();
  readonly controls: LoggedControl[] = [];
  /** Offset of a deleted event → of the record that says so, and the user's code. */
  readonly #deleted = new Map<number, { readonly control: number; readonly user: number }>();
  readonly #erased = new Set<number>();
  #catchingUp: Promise<void> = Promise.resolve();

  constructor(connection: Connection, entries: Collection<EntryDocument>) {
    this.#connection = connection;
    this.#entries = entries;
  }

  /** Offset after the last record that is known here. */
  get end(): number {
    return this.#end;
  }

  get broughtCount(): number {
    return this.#broughtCount;
  }

  get hasErased(): boolean {
    return this.#erased.size > 0;
  }

  isErased(user: number): boolean {
    return user === NOBODY || this.#erased.has(user);
  }

  /** The record that says that the event is deleted. */
  deletedBy(offset: number): number | undefined {
    return this.#deleted.get(offset)?.control;
  }

  deletedOffsets(): Float64Array {
    return Float64Array.from(this.#deleted.keys()).sort();
  }

  /** With ids for codes; undefined if its user was erased. */
  named({ user, item, ...event }: CodedEvent): LoggedEvent | undefined {
    if (this.isErased(user)) return undefined;
    const { offset, eventId, ...rest } = event;
    return { eventId, userId: this.users.ids[user], itemId: this.items.ids[item], ...rest, offset };
  }

  /** Learns what the log holds at the call. */
  catchUp(): Promise<void> {
    const caughtUp = this.#catchingUp.then(() => this.#catchUp());
    this.#catchingUp = caughtUp.catch(() => {});
    return caughtUp;
  }

  /** Learns an entry that this process appended at the end. */
  append(entry: EntryDocument): void {
    // It may have been read back meanwhile.
    if (entry._id === this.#end) this.#apply(entry);
  }

  async #catchUp(): Promise<void> {
    const what = "read the log";
    const tail = await this.#connection.run(
      what,
      () => this.#entries.findOne({}, { sort: { _id: -1 }, projection: LIGHT }),
    );
    for (let tries = 1; tail !== null && this.#end < tail.end; tries++) {
      const news = await this.#connection.run(
        what,
        () =>
          this.#entries.find({ brings: { $gte: this.#end, $lt: tail.end } }, { projection: LIGHT })
            .sort({ brings: 1 }).toArray(),
      );
      const isWhole = this.#broughtCount + news.length === tail.broughtCount;
      if (isWhole) {
        for (const entry of news) this.#apply(entry);
        this.#end = Math.max(this.#end, tail.end);
      } else if (tries >= TRIES) throw this.#torn(tail.end, tail.broughtCount - news.length);
      else await pause(TRY_MS);
    }
  }

  #apply(entry: EntryDocument): void {
    this.#end = entry.end;
    this.#broughtCount = entry.broughtCount;
    this.users.add(entry.userIds);
    this.items.add(entry.itemIds);
    const { control, deletedOf } = entry;
    if (control === undefined) return;
    this.controls.push({ offset: entry._id, ...control });
    const { record } = control;
    if (record.kind === "eventDeleted") {
      this.#deleted.set(record.deletedOffset, { control: entry._id, user: deletedOf! });
    } else if (record.kind === "userErased") {
      this.#erased.add(record.userCode);
      this.users.erase(record.userCode);
      for (const [offset, { user }] of this.#deleted) {
        if (user === record.userCode) this.#deleted.delete(offset);
      }
    }
  }

  #torn(end: number, missing: number): OutsideFailure {
    return new OutsideFailure(
      `cannot read the log in ${this.#connection.place}: below offset ${end}, ${missing} documents are missing that ` +
        "later ones count; restore the database",
    );
  }
}

/** Dense codes of ids, in order of first appearance. The id of who was erased is "", which nobody has. */
class Codes {
  readonly ids: string[] = [];
  readonly #codes = new Map<string, number>();

  find(id: string): number | undefined {
    return this.#codes.get(id);
  }

  add(ids: readonly string[] = []): void {
    for (const id of ids) {
      const code = this.ids.push(id) - 1;
      if (id !== "") this.#codes.set(id, code);
    }
  }

  erase(code: number): void {
    // The id may have come back meanwhile, as somebody new.
    if (this.#codes.get(this.ids[code]) === code) this.#codes.delete(this.ids[code]);
    this.ids[code] = "";
  }
}
