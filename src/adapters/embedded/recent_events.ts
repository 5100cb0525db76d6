/** Key, user and offset of the newest events, in memory. */
import { KeyTable } from "../../domain/key_table.ts";

const HIGH_WORD = 2 ** 32;
const FIRST_CAPACITY = 1024;
const NONE = -1;

export class RecentEvents {
  readonly #keys = new KeyTable();
  /** Of events whose id is not their key. */
  readonly #eventIds = new Map<number, string>();
  #users = new Uint32Array(FIRST_CAPACITY);
  #offsets = new Float64Array(FIRST_CAPACITY);
  /** The same user's event before this one; NONE if there is none. */
  #before = new Int32Array(FIRST_CAPACITY);
  /** By user. */
  #newest = new Int32Array(FIRST_CAPACITY).fill(NONE);

  get count(): number {
    return this.#keys.count;
  }

  /** Offsets ascend. `eventId` is null where the key says it. */
  add(keys: Uint32Array, at: number, eventId: string | null, user: number, offset: number): void {
    const event = this.#keys.add(keys, at);
    if (event === this.#users.length) this.#grow();
    if (eventId !== null) this.#eventIds.set(event, eventId);
    this.#users[event] = user;
    this.#offsets[event] = offset;
    if (user >= this.#newest.length) this.#growUsers(user);
    this.#before[event] = this.#newest[user];
    this.#newest[user] = event;
  }

  /** The offset of the event with this key and id: two ids may share a key. */
  find(keys: Uint32Array, at: number, eventId: string | null): number | undefined {
    const event = this.#keys.find(keys, at, (found) => (this.#eventIds.get(found) ?? null) === eventId);
    return event < 0 ? undefined : this.#offsets[event];
  }

  /** Offsets of the user's events, newest first. */
  *ofUser(user: number): Generator<number> {
    for (let event = this.#newest[user] ?? NONE; event !== NONE; event = this.#before[event]) {
      yield this.#offsets[event];
    }
  }

  /** Everything in order of offset: the first two words of the keys, users, offsets in two words. */
  columns(): {
    keys: [Uint32Array, Uint32Array];
    users: Uint32Array;
    offsets: { low: Uint32Array; high: Uint32Array };
  } {
    const count = this.count;
    const first = new Uint32Array(count), second = new Uint32Array(count);
    const low = new Uint32Array(count), high = new Uint32Array(count);
    const key = new Uint32Array(4);
    for (let event = 0; event < count; event++) {
      this.#keys.keyOf(event, key);
      first[event] = key[0];
      second[event] = key[1];
      low[event] = this.#offsets[event] % HIGH_WORD;
      high[event] = Math.floor(this.#offsets[event] / HIGH_WORD);
    }
    return { keys: [first, second], users: this.#users.slice(0, count), offsets: { low, high } };
  }

  #grow(): void {
    const capacity = 2 * this.#users.length;
    const users = new Uint32Array(capacity),
      offsets = new Float64Array(capacity),
      before = new Int32Array(capacity);
    users.set(this.#users);
    offsets.set(this.#offsets);
    before.set(this.#before);
    [this.#users, this.#offsets, this.#before] = [users, offsets, before];
  }

  #growUsers(user: number): void {
    const newest = new Int32Array(2 * Math.max(this.#newest.length, user)).fill(NONE);
    newest.set(this.#newest);
    this.#newest = newest;
  }
}
