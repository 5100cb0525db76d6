/**
 * Documents per user in MongoDB, `recommendations`. Each is replaced whole, so a reader never sees half a list. A
 * generation's documents are written before its activation; that swap, not this, is what a reader sees at once.
 */
import type { AnyBulkWriteOperation, Collection } from "mongodb";
import type { Recommendation } from "../../domain/recommendation.ts";
import type {
  ListBlock,
  ListHeader,
  RecommendationStore,
  StoredList,
} from "../../ports/recommendation_store.ts";
import type { Connection } from "./connection.ts";
import {
  documentOf,
  documentsOf,
  type ListDocument,
  ofUsers,
  popularDocument,
  ranked,
} from "./list_documents.ts";
import { isDuplicate } from "./mongo_failure.ts";
import { Lanes } from "./lanes.ts";

/** One message to the server. */
const BATCH_COUNT = 1_000;
/** Messages at once: while the server writes one, the next is encoded. */
const LANE_COUNT = 2;

export class MongoRecommendationStore implements RecommendationStore {
  readonly #connection: Connection;
  readonly #documents: Collection<ListDocument>;
  /** Generations that have a popular list for certain. */
  readonly #known = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#documents = connection.collection<ListDocument>("recommendations");
  }

  /** By user: some servers look through everything for an `_id` that is a document, and it finds all of a user. */
  async prepare(): Promise<void> {
    await this.#connection.run(
      "make indexes",
      () => this.#documents.createIndex({ userId: 1, generation: 1 }),
    );
  }

  async write(header: ListHeader, blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>): Promise<void> {
    const what = `write the recommendations of generation ${header.generation}`;
    if (await this.#insertPopular(what, header)) await this.#writeFirst(what, header, blocks);
    else await this.#writeAgain(what, header, blocks);
  }

  async get(generation: string, userId: string): Promise<StoredList | undefined> {
    return (await this.getMany(generation, [userId])).get(userId);
  }

  async getMany(generation: string, userIds: readonly string[]): Promise<Map<string, StoredList>> {
    const filter = { generation, userId: { $in: [...new Set(userIds)] } };
    const found = userIds.length === 0 ? [] : await this.#connection.run(
      "read stored recommendation lists",
      () => this.#documents.find(filter).toArray(),
    );
    return new Map(found.map(({ _id, appliedOffset, items }) => {
      const userId = _id.userId!;
      return [userId, { userId, generation, appliedOffset, items: ranked(items) }];
    }));
  }

  async popular(generation: string): Promise<readonly Recommendation[]> {
    const _id = { generation, userId: null };
    const found = await this.#connection.run(
      "read the popular items",
      () => this.#documents.findOne({ _id }),
    );
    return ranked(found?.items ?? []);
  }

  count(generation: string): Promise<number> {
    return this.#connection.run(
      "count the stored recommendation lists",
      () => this.#documents.countDocuments(ofUsers(generation)),
    );
  }

  async remove(generation: string): Promise<void> {
    const what = `delete recommendations of generation ${generation}`;
    this.#known.delete(generation);
    await this.#connection.run(what, () => this.#documents.deleteMany(ofUsers(generation)));
    // Last: as long as it is there, the next write knows that there may be others.
    await this.#connection.run(what, () => this.#documents.deleteOne({ generation, userId: null }));
  }

  async refresh(lists: readonly StoredList[], timeMs: number): Promise<void> {
    const what = "refresh recommendation lists", at = new Date(timeMs);
    for (const generation of new Set(lists.map((list) => list.generation))) {
      await this.#makeKnown(what, generation, at);
    }
    const operations = lists.map((list): AnyBulkWriteOperation<ListDocument> => {
      const { generation, userId, appliedOffset } = list;
      const filter = { generation, userId, appliedOffset: { $lte: appliedOffset } };
      return list.items.length === 0
        ? { deleteOne: { filter } }
        : { replaceOne: { filter, replacement: documentOf(list, at), upsert: true } };
    });
    for (let start = 0; start < operations.length; start += BATCH_COUNT) {
      await this.#writeBulk(what, operations.slice(start, start + BATCH_COUNT));
    }
  }

  async forgetUser(userId: string): Promise<number> {
    const what = "forget a user's recommendations";
    const filter = { userId };
    // Before: of a deletion whose answer is lost, the repetition finds nothing.
    const there = await this.#connection.run(what, () => this.#documents.countDocuments(filter));
    await this.#connection.run(what, () => this.#documents.deleteMany(filter));
    return there;
  }

  /** False if the generation has documents, or may have some that a crash left. */
  async #insertPopular(what: string, header: ListHeader): Promise<boolean> {
    const write = crypto.randomUUID(), document = popularDocument(header, write);
    return await this.#connection.run(what, async () => {
      try {
        await this.#documents.insertOne(document);
        return true;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const there = await this.#documents.findOne({ generation: header.generation, userId: null });
        return there?.write === write;
      }
    });
  }

  async #makeKnown(what: string, generation: string, at: Date): Promise<void> {
    if (this.#known.has(generation)) return;
    const nothing = { userIds: [], itemIds: [], popular: [], appliedOffset: 0, timeMs: at.getTime() };
    await this.#insertPopular(what, { generation, ...nothing });
    this.#known.add(generation);
  }

  async #writeFirst(
    what: string,
    header: ListHeader,
    blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>,
  ) {
    try {
      const insert = (batch: ListDocument[]) => this.#connection.run(what, () => this.#insert(batch));
      await inBatches(blocks, (block) => documentsOf(header, block), insert);
    } catch (error) {
      // Where this fails too, the popular list stays, and tells the next write that others may be there.
      await this.remove(header.generation).catch(() => {});
      throw error;
    }
  }

  /** Nothing is replaced before all blocks are there. */
  async #writeAgain(
    what: string,
    header: ListHeader,
    blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>,
  ) {
    const write = crypto.randomUUID(), kept: ListBlock[] = [];
    for await (const block of blocks) {
      kept.push({ ...block, itemIndexes: block.itemIndexes.slice(), scores: block.scores.slice() });
    }
    const replace = (batch: ListDocument[]) => this.#writeBulk(what, batch.map(replacementOf));
    await inBatches(kept, (block) => documentsOf(header, block, write), replace);
    await this.#writeBulk(what, [replacementOf(popularDocument(header, write))]);
    const others = { ...ofUsers(header.generation), write: { $ne: write } };
    await this.#connection.run(what, () => this.#documents.deleteMany(others));
  }

  /** Some may be there: the answer to an earlier try was lost. */
  async #insert(batch: readonly ListDocument[]): Promise<void> {
    try {
      await this.#documents.insertMany([...batch], { ordered: false });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      await this.#documents.bulkWrite(batch.map(replacementOf), { ordered: false });
    }
  }

  async #writeBulk(what: string, operations: AnyBulkWriteOperation<ListDocument>[]): Promise<void> {
    await this.#connection.run(what, async () => {
      try {
        await this.#documents.bulkWrite(operations, { ordered: false });
      } catch (error) {
        // A document that knows more did not meet the condition, and was not inserted a second time.
        if (!isDuplicate(error)) throw error;
      }
    });
  }
}

function replacementOf(document: ListDocument): AnyBulkWriteOperation<ListDocument> {
  const { generation, userId } = document;
  return { replaceOne: { filter: { generation, userId }, replacement: document, upsert: true } };
}

/** Documents are made before the next block is asked for: it may use the same arrays again. */
async function inBatches(
  blocks: Iterable<ListBlock> | AsyncIterable<ListBlock>,
  documents: (block: ListBlock) => Iterable<ListDocument>,
  send: (batch: ListDocument[]) => Promise<void>,
): Promise<void> {
  const lanes = new Lanes(LANE_COUNT);
  let batch: ListDocument[] = [];
  try {
    for await (const block of blocks) {
      for (const document of documents(block)) {
        if (batch.push(document) < BATCH_COUNT) continue;
        const full = batch;
        batch = [];
        await lanes.add(() => send(full));
      }
    }
    if (batch.length > 0) await lanes.add(() => send(batch));
  } finally {
    await lanes.settle();
  }
  lanes.check();
}
