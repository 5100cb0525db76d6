/**
 * Takes a user out of the log in MongoDB. The control record is one insertion, and from it on nobody is given the user's
 * events or id. Then the documents are changed one by one; if the process ends on the way, whoever opens the log next goes
 * on, as the record says `isUnfinished`.
 */
import type { Collection } from "mongodb";
import type { Connection } from "./connection.ts";
import { type EntryDocument, withoutUser } from "./log_entries.ts";

const WHAT = "erase a user from the log";

export class LogErasure {
  readonly #connection: Connection;
  readonly #entries: Collection<EntryDocument>;
  readonly #salt: string;

  constructor(connection: Connection, entries: Collection<EntryDocument>, salt: string) {
    this.#connection = connection;
    this.#entries = entries;
    this.#salt = salt;
  }

  /** What a process that ended left to do. */
  async finishAll(): Promise<void> {
    const unfinished = await this.#connection.run(
      WHAT,
      () => this.#entries.find({ isUnfinished: true }, { projection: { control: 1 } }).toArray(),
    );
    for (const { _id, control } of unfinished) {
      if (control?.record.kind === "userErased") await this.finish(_id, control.record.userCode);
    }
  }

  /** `offset`: of the control record. */
  async finish(offset: number, user: number): Promise<void> {
    const touched = await this.#connection.run(
      WHAT,
      () => this.#entries.find({ who: user }, { projection: { _id: 1 } }).toArray(),
    );
    for (const { _id } of touched) while (!await this.#blank(_id, user));
    await this.#blankId(user);
    await this.#connection.run(
      WHAT,
      () => this.#entries.updateOne({ _id: offset }, { $unset: { isUnfinished: true } }),
    );
  }

  /** False if another erasure changed the document meanwhile. */
  async #blank(_id: number, user: number): Promise<boolean> {
    const entry = await this.#connection.run(WHAT, () => this.#entries.findOne({ _id }));
    if (entry?.parts === undefined) return true;
    const change: Record<string, unknown> = { revision: entry.revision + 1 };
    entry.parts.forEach((part, place) => {
      const blanked = withoutUser(part, user, this.#salt);
      if (blanked !== part) change[`parts.${place}`] = blanked;
    });
    change.who = entry.who!.filter((one) => one !== user);
    const { matchedCount } = await this.#connection.run(
      WHAT,
      () => this.#entries.updateOne({ _id, revision: entry.revision }, { $set: change }),
    );
    return matchedCount === 1;
  }

  /** In the entry in which it appeared first. */
  async #blankId(user: number): Promise<void> {
    const first = await this.#connection.run(WHAT, () =>
      this.#entries.findOne(
        { brings: { $gte: 0 }, userCount: { $gt: user }, userIds: { $exists: true } },
        { sort: { brings: 1 }, projection: { userIds: 1, userCount: 1 } },
      ));
    if (first === null) return;
    const place = user - (first.userCount - first.userIds!.length);
    await this.#connection.run(
      WHAT,
      () => this.#entries.updateOne({ _id: first._id }, { $set: { [`userIds.${place}`]: "" } }),
    );
  }
}
