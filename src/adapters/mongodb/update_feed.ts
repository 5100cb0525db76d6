/**
 * Updates in MongoDB. A batch is one document, put where nobody sees it, and published by one update of the state document:
 * from "the newest is L, batch A" to "the newest is L + n, batch B", if the lease allows it. Each batch names the one
 * before, so order and wholeness need no transaction, and what a dead publisher left is never read.
 */
import type { Collection } from "mongodb";
import { LeaseLost } from "../../domain/failure.ts";
import type { ModelUpdate, RowBatch } from "../../domain/model_update.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Fence } from "../../ports/lease.ts";
import type { SequencedUpdate, UpdateFeed } from "../../ports/update_feed.ts";
import { Chunks } from "./chunks.ts";
import { FeedWatch } from "./feed_watch.ts";
import { isDuplicate } from "./mongo_failure.ts";
import type { StateDocument, StoreState } from "./store_state.ts";
import { type BatchDocument, pack, putBack, sizeOf, splitOff, unpack } from "./update_documents.ts";

/** Larger batches have their arrays in chunks. */
const LONG_BYTES = 8 * 2 ** 20;
/** Forgotten batches stay for so long. */
const KEPT_MS = 5 * 60_000;
const READ = "read model updates";

type BatchHead = Pick<BatchDocument, "_id" | "first" | "last" | "previous">;

export class MongoUpdateFeed implements UpdateFeed {
  readonly #state: StoreState;
  readonly #batches: Collection<BatchDocument>;
  readonly #chunks: Chunks;
  readonly #watch: FeedWatch;

  constructor(state: StoreState, clock: Clock) {
    this.#state = state;
    this.#batches = state.connection.collection<BatchDocument>("updates");
    this.#chunks = new Chunks(state.connection, "update_chunks");
    this.#watch = new FeedWatch(state.connection, clock);
  }

  async prepare(): Promise<void> {
    await this.#state.connection.run("make indexes", () => this.#batches.createIndex({ last: 1 }));
    await this.#chunks.prepare();
  }

  close(): Promise<void> {
    return this.#watch.close();
  }

  async publish(given: ModelUpdate | RowBatch, fence?: Fence): Promise<number> {
    const what = "publish a model update", updates = "kind" in given ? [given] : given;
    const packed = updates.map(pack),
      isLong = updates.reduce((sum, one) => sum + sizeOf(one), 0) > LONG_BYTES;
    let state = await this.#state.read(what);
    this.#state.checkFence(state, what, fence);
    const batch = { _id: crypto.randomUUID(), at: new Date(), isLong };
    const [short, sections] = isLong ? splitOff(packed) : [packed, new Map<string, Uint8Array>()];
    for (const [name, bytes] of sections) {
      await this.#chunks.insert(what, batch._id, name, bytes, batch.at.getTime());
    }
    try {
      for (let isInserted = false;; isInserted = true) {
        const place = placeAfter(state, updates.length);
        if (isInserted) await this.#move(what, batch._id, place);
        else await this.#insert(what, { ...batch, ...place, updates: short });
        const isPublished = await this.#name(what, batch._id, place, fence) ||
          await this.#isNamed(what, batch._id, state = await this.#state.read(what));
        if (!isPublished) continue;
        this.#watch.wake();
        return place.last;
      }
    } catch (error) {
      if (error instanceof LeaseLost) await this.#remove(what, [batch._id]);
      throw error;
    }
  }

  async latest(): Promise<number> {
    return (await this.#state.read("read the newest model update")).feed.latest;
  }

  async *follow(sequence: number, signal: AbortSignal): AsyncGenerator<SequencedUpdate> {
    this.#watch.join();
    try {
      for (let after = sequence; !signal.aborted;) {
        const { changeCount } = this.#watch;
        const { feed } = await this.#state.read(READ);
        if (feed.latest <= after) await this.#watch.changeAfter(changeCount, signal);
        for await (const update of this.#between(after, feed)) {
          if (signal.aborted) return;
          yield update;
        }
        after = Math.max(after, feed.latest);
      }
    } finally {
      await this.#watch.leave();
    }
  }

  async trim(sequence: number, fence?: Fence): Promise<void> {
    const what = "forget old model updates";
    // What is still to come is not forgotten.
    const trimmed = Math.min(sequence, (await this.#state.read(what)).feed.latest);
    const { feed } = await this.#state.change(what, { $max: { "feed.trimmed": trimmed } }, fence);
    // Readers pass over them already. What is younger may be a batch that is about to be published.
    const old = { last: { $lte: feed.trimmed }, at: { $lt: new Date(Date.now() - KEPT_MS) } };
    const gone = await this.#state.connection.run(
      what,
      () => this.#batches.find(old, { projection: { _id: 1 } }).toArray(),
    );
    await this.#remove(what, gone.map(({ _id }) => _id));
  }

  async #remove(what: string, writes: readonly string[]): Promise<void> {
    if (writes.length === 0) return;
    await this.#chunks.remove(what, writes);
    await this.#state.connection.run(what, () => this.#batches.deleteMany({ _id: { $in: [...writes] } }));
  }

  /** Published updates from after `after` to the feed's newest. */
  async *#between(after: number, feed: StateDocument["feed"]): AsyncGenerator<SequencedUpdate> {
    const from = Math.max(after, feed.trimmed);
    if (feed.latest <= from) return;
    for (const head of await this.#chain(feed, from)) {
      for (const update of await this.#load(head)) if (update.sequence > from) yield update;
    }
  }

  async #insert(what: string, batch: BatchDocument): Promise<void> {
    await this.#state.connection.run(what, async () => {
      try {
        await this.#batches.insertOne(batch);
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    });
  }

  /** Nobody reads it yet. */
  async #move(what: string, _id: string, place: Omit<BatchHead, "_id">): Promise<void> {
    await this.#state.connection.run(what, () => this.#batches.updateOne({ _id }, { $set: place }));
  }

  /** False if another batch was published meanwhile, or this one and the answer lost. */
  async #name(what: string, write: string, place: Omit<BatchHead, "_id">, fence?: Fence): Promise<boolean> {
    const condition = { "feed.write": place.previous, "feed.latest": place.first - 1 };
    const change = { $set: { "feed.write": write, "feed.latest": place.last } };
    return await this.#state.update(what, condition, change, fence) !== undefined;
  }

  /** Who names this batch as the one before had seen that it was published. */
  async #isNamed(what: string, write: string, { feed }: StateDocument): Promise<boolean> {
    if (feed.write === write) return true;
    const next = await this.#state.connection.run(
      what,
      () =>
        this.#batches.findOne({ previous: write, last: { $lte: feed.latest } }, { projection: { _id: 1 } }),
    );
    return next !== null;
  }

  /** The published batches with updates after `from`, in order. */
  async #chain(feed: StateDocument["feed"], from: number): Promise<BatchHead[]> {
    const filter = { last: { $gt: from, $lte: feed.latest } };
    const projection = { first: 1, last: 1, previous: 1 };
    const found = await this.#state.connection.run(
      READ,
      () => this.#batches.find<BatchHead>(filter, { projection }).toArray(),
    );
    const byWrite = new Map(found.map((head) => [head._id, head])), chain: BatchHead[] = [];
    for (let write = feed.write; byWrite.has(write);) {
      const head = byWrite.get(write)!;
      chain.push(head);
      write = head.previous;
    }
    return chain.reverse();
  }

  /** Nothing if it was trimmed meanwhile. */
  async #load({ _id }: BatchHead): Promise<SequencedUpdate[]> {
    const batch = await this.#state.connection.run(READ, () => this.#batches.findOne({ _id }));
    if (batch === null) return [];
    const updates = batch.isLong ? putBack(batch.updates, await this.#chunks.read(READ, _id)) : batch.updates;
    return updates.map((update, place) => ({ sequence: batch.first + place, update: unpack(update) }));
  }
}

function placeAfter({ feed }: StateDocument, count: number): Omit<BatchHead, "_id"> {
  return { previous: feed.write, first: feed.latest + 1, last: feed.latest + count };
}
