/** Documents per user in the embedded store: lists of neighbouring users in one row, item indexes and scores as blobs. */
import { packIds, unpackIds } from "../../domain/id_list.ts";
import type { Recommendation } from "../../domain/recommendation.ts";
import {
  type ListBlock,
  type ListHeader,
  NO_ITEM,
  type RecommendationStore,
  type StoredList,
} from "../../ports/recommendation_store.ts";
import { bytesOf, floatsOf, wordsOf } from "./blobs.ts";
import type { Database } from "./database.ts";
import { RefreshedLists } from "./refreshed_lists.ts";

/** To read one list is to read its row. */
const USERS_IN_ROW = 32;
/** One transaction writes or deletes about this much: other writers get in between. */
const TRANSACTION_BYTES = 2 ** 20;
/** Sets whose ids stay in memory: the one that is read and the one before. */
const NAMED_SETS = 2;

const encoder = new TextEncoder();

/** Where a set names a user. */
interface UserInSet {
  readonly set: number;
  readonly generation: string;
  readonly userIds: string[];
  readonly user: number;
}

interface Names {
  readonly userIndexes: ReadonlyMap<string, number>;
  readonly itemIds: readonly string[];
}

export class EmbeddedRecommendationStore implements RecommendationStore {
  readonly #database: Database;
  readonly #refreshed: RefreshedLists;
  /** By set, the least recently made first. */
  readonly #names = new Map<number, Names>();

  constructor(database: Database) {
    this.#database = database;
    this.#refreshed = new RefreshedLists(database);
  }

  async write(header: ListHeader, blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>): Promise<void> {
    const what = `write the recommendations of generation ${header.generation}`;
    const set = await this.#database.write(what, () => this.#insertSet(header));
    let listCount = 0;
    let rows: ListBlock[] = [], sizeBytes = 0;
    const flush = async () => {
      const flushed = rows;
      rows = [], sizeBytes = 0;
      await this.#database.write(what, () => flushed.forEach((row) => this.#insertRow(set, row)));
    };
    for await (const block of blocks) {
      for (const row of rowsOf(block)) {
        listCount += countLists(row);
        sizeBytes += row.itemIndexes.byteLength + row.scores.byteLength;
        rows.push(row);
      }
      if (sizeBytes >= TRANSACTION_BYTES) await flush();
    }
    await flush();
    await this.#database.write(what, () => this.#makeCurrent(set, header.generation, listCount));
    await this.#deleteSets(header.generation, (other) => other !== set);
  }

  async get(generation: string, userId: string): Promise<StoredList | undefined> {
    return (await this.getMany(generation, [userId])).get(userId);
  }

  async getMany(generation: string, userIds: readonly string[]): Promise<Map<string, StoredList>> {
    return this.#database.read("read stored recommendation lists", () => {
      const found = new Map<string, StoredList>();
      for (const userId of userIds) {
        const list = this.#refreshed.find(generation, userId) ?? this.#written(generation, userId);
        if (list !== undefined && list.items.length > 0) found.set(userId, list);
      }
      return found;
    });
  }

  async popular(generation: string): Promise<readonly Recommendation[]> {
    return this.#database.read("read the popular items", () => {
      const set = this.#database.sql("SELECT popular FROM list_sets WHERE generation = ? AND is_current = 1")
        .get(generation);
      return set === undefined ? [] : JSON.parse(set.popular as string);
    });
  }

  async count(generation: string): Promise<number> {
    return this.#database.read("count the stored recommendation lists", () => {
      const listCount = this.#current(generation)?.list_count as number | undefined ?? 0;
      return listCount + this.#refreshed.countChange(generation);
    });
  }

  async remove(generation: string): Promise<void> {
    await this.#database.write(`delete recommendations of generation ${generation}`, () => {
      this.#refreshed.removeGeneration(generation);
    });
    await this.#deleteSets(generation, () => true);
  }

  async refresh(lists: readonly StoredList[], timeMs: number): Promise<void> {
    if (lists.length === 0) return;
    await this.#database.write("refresh recommendations", () => {
      for (const list of lists) {
        if (this.#refreshed.replace(list, timeMs)) continue;
        const written = this.#placeOf(list.generation, list.userId);
        if (written !== undefined && written.appliedOffset > list.appliedOffset) continue;
        this.#refreshed.add(list, timeMs, written !== undefined);
      }
    });
  }

  async forgetUser(userId: string): Promise<number> {
    const what = "forget a user's recommendations";
    const isKnown = userId !== "" && this.#database.read(what, () => {
      return this.#setsOf(userId).length > 0 || this.#refreshed.generationsOf(userId).length > 0;
    });
    if (!isKnown) return 0;
    return await this.#database.forget(what, [encoder.encode(userId)], () => {
      const sets = this.#setsOf(userId), generations = new Set(sets.map(({ generation }) => generation));
      for (const generation of this.#refreshed.generationsOf(userId)) generations.add(generation);
      let count = 0;
      for (const generation of generations) {
        const list = this.#refreshed.find(generation, userId) ?? this.#written(generation, userId);
        if (list !== undefined && list.items.length > 0) count++;
      }
      this.#refreshed.removeUser(userId);
      for (const set of sets) this.#forgetIn(set);
      return count;
    });
  }

  /** Sets that name the user, current or not, and where. */
  #setsOf(userId: string): UserInSet[] {
    const sets = this.#database.sql("SELECT list_set, generation, user_ids FROM list_sets").all();
    return sets.flatMap((row) => {
      const userIds = unpackIds(row.user_ids as Uint8Array), user = userIds.indexOf(userId);
      return user < 0
        ? []
        : [{ set: row.list_set as number, generation: row.generation as string, userIds, user }];
    });
  }

  #forgetIn({ set, userIds, user }: UserInSet): void {
    userIds[user] = "";
    const listCount = this.#emptyList(set, user) ? 1 : 0;
    this.#database.sql(
      "UPDATE list_sets SET user_ids = ?, list_count = max(0, list_count - ?) WHERE list_set = ?",
    )
      .run(packIds(userIds), listCount, set);
    this.#names.delete(set);
  }

  /** False if there was none. */
  #emptyList(set: number, user: number): boolean {
    const row = this.#rowOf(set, user);
    if (row === undefined || row.n === 0) return false;
    const { first, n, indexes, scores } = row,
      start = (user - first) * n,
      isThere = indexes[start] !== NO_ITEM;
    indexes.fill(NO_ITEM, start, start + n), scores.fill(0, start, start + n);
    this.#database.sql("UPDATE list_blocks SET items = ?, scores = ? WHERE list_set = ? AND first_user = ?")
      .run(bytesOf(indexes), bytesOf(scores), set, first);
    return isThere;
  }

  /** As the generation's set has it. */
  #written(generation: string, userId: string): StoredList | undefined {
    const place = this.#placeOf(generation, userId);
    if (place === undefined) return undefined;
    const { appliedOffset, itemIds, start, row: { n, indexes, scores } } = place;
    const items: Recommendation[] = [];
    for (let at = start; at < start + n && indexes[at] !== NO_ITEM; at++) {
      items.push({ itemId: itemIds[indexes[at]], score: scores[at], rank: items.length + 1 });
    }
    return { userId, generation, appliedOffset, items };
  }

  /** Where the generation's set has the user's list; undefined if it has none. */
  #placeOf(generation: string, userId: string) {
    const set = this.#current(generation);
    if (set === undefined) return undefined;
    const id = set.list_set as number,
      { userIndexes, itemIds } = this.#namesOf(id),
      user = userIndexes.get(userId);
    const row = user === undefined ? undefined : this.#rowOf(id, user);
    if (user === undefined || row === undefined) return undefined;
    const start = (user - row.first) * row.n;
    if (row.n === 0 || row.indexes[start] === NO_ITEM) return undefined;
    return { appliedOffset: set.applied_offset as number, itemIds, start, row };
  }

  #insertSet(header: ListHeader): number {
    const { lastInsertRowid } = this.#database.sql(
      `INSERT INTO list_sets (generation, is_current, applied_offset, written_at_ms, list_count, user_ids, item_ids, popular)
       VALUES (?, 0, ?, ?, 0, ?, ?, ?)`,
    ).run(
      header.generation,
      header.appliedOffset,
      header.timeMs,
      packIds(header.userIds),
      packIds(header.itemIds),
      JSON.stringify(header.popular),
    );
    return Number(lastInsertRowid);
  }

  #insertRow(set: number, row: ListBlock): void {
    this.#database.sql("INSERT OR REPLACE INTO list_blocks VALUES (?, ?, ?, ?, ?, ?)").run(
      set,
      row.firstUserIndex,
      row.userCount,
      row.n,
      bytesOf(row.itemIndexes),
      bytesOf(row.scores),
    );
  }

  #makeCurrent(set: number, generation: string, listCount: number): void {
    this.#refreshed.removeGeneration(generation);
    this.#database.sql("UPDATE list_sets SET is_current = 0 WHERE generation = ?").run(generation);
    this.#database.sql("UPDATE list_sets SET is_current = 1, list_count = ? WHERE list_set = ?").run(
      listCount,
      set,
    );
  }

  /** Without what stands behind the ids in its row: SQLite would walk over all of them. */
  #current(generation: string) {
    return this.#database.sql(
      "SELECT list_set, applied_offset, list_count FROM list_sets WHERE generation = ? AND is_current = 1",
    ).get(generation);
  }

  #namesOf(set: number): Names {
    let names = this.#names.get(set);
    if (names === undefined) {
      const row = this.#database.sql("SELECT user_ids, item_ids FROM list_sets WHERE list_set = ?").get(set)!;
      const userIds = unpackIds(row.user_ids as Uint8Array);
      names = {
        userIndexes: new Map(userIds.map((userId, index) => [userId, index])),
        itemIds: unpackIds(row.item_ids as Uint8Array),
      };
      for (const old of [...this.#names.keys()].slice(0, -(NAMED_SETS - 1))) this.#names.delete(old);
      this.#names.set(set, names);
    }
    return names;
  }

  /** The row that holds the user's list. */
  #rowOf(set: number, user: number) {
    const row = this.#database.sql(
      `SELECT first_user, user_count, n, items, scores FROM list_blocks
       WHERE list_set = ? AND first_user <= ? ORDER BY first_user DESC LIMIT 1`,
    ).get(set, user);
    const first = row?.first_user as number;
    if (row === undefined || user >= first + (row.user_count as number)) return undefined;
    const indexes = wordsOf(row.items as Uint8Array), scores = floatsOf(row.scores as Uint8Array);
    return { first, n: row.n as number, indexes, scores };
  }

  /** Sets of the generation, those that a crash left unfinished too. */
  async #deleteSets(generation: string, isGone: (set: number) => boolean): Promise<void> {
    const what = `delete recommendations of generation ${generation}`;
    const sets = this.#database.read(
      what,
      () =>
        this.#database.sql("SELECT list_set FROM list_sets WHERE generation = ?").all(generation)
          .map((row) => row.list_set as number),
    ).filter(isGone);
    for (const set of sets) {
      await this.#database.write(
        what,
        () => this.#database.sql("DELETE FROM list_sets WHERE list_set = ?").run(set),
      );
      while (await this.#database.write(what, () => this.#deleteRows(set)) > 0);
    }
  }

  #deleteRows(set: number): number {
    return Number(
      this.#database.sql(
        "DELETE FROM list_blocks WHERE rowid IN (SELECT rowid FROM list_blocks WHERE list_set = ? LIMIT 256)",
      ).run(set).changes,
    );
  }
}

/** Cuts a block into parts of at most USERS_IN_ROW users, copied: the caller may use its arrays again. */
function* rowsOf(block: ListBlock): Generator<ListBlock> {
  const { n, userCount, firstUserIndex } = block;
  for (let start = 0; start < userCount; start += USERS_IN_ROW) {
    const end = Math.min(start + USERS_IN_ROW, userCount);
    yield {
      firstUserIndex: firstUserIndex + start,
      userCount: end - start,
      n,
      itemIndexes: block.itemIndexes.slice(start * n, end * n),
      scores: block.scores.slice(start * n, end * n),
    };
  }
}

function countLists(block: ListBlock): number {
  let count = 0;
  for (let row = 0; row < block.userCount; row++) {
    if (block.n > 0 && block.itemIndexes[row * block.n] !== NO_ITEM) count++;
  }
  return count;
}
