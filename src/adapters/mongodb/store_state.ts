/**
 * The document `generations/_id: "active"`: the pointer that readers follow and, in the same document, all that a fence
 * guards. MongoDB changes one document atomically without a transaction; so a write on behalf of a lease is prepared where
 * nobody sees it (chunks, a batch), and takes effect by one update of this document whose condition names the lease's token.
 */
import type { Collection, Filter, UpdateFilter } from "mongodb";
import { LeaseLost, OutsideFailure } from "../../domain/failure.ts";
import type { CheckpointPart } from "../../ports/checkpoint_store.ts";
import type { Fence } from "../../ports/lease.ts";
import type { Connection } from "./connection.ts";
import { isDuplicate } from "./mongo_failure.ts";

export interface HeldLease {
  readonly holder: string;
  readonly token: number;
  readonly expiresAtMs: number;
  /** Of the call that took it: a repeat of a call whose answer was lost knows itself. */
  readonly write: string;
}

export interface CheckpointEntry {
  readonly generation: string;
  /** "rows" if absent. */
  readonly part?: CheckpointPart;
  readonly offset: number;
  /** Of its chunks. */
  readonly write: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface StateDocument {
  readonly _id: "active";
  /** These four are the pointer, and absent until a generation is activated. */
  readonly generation?: string;
  readonly appliedOffset?: number;
  readonly sequence: number;
  readonly activatedAtMs?: number;
  /** Number of the last id that was reserved. */
  readonly reserved: number;
  /** Generations that are being deleted, and cannot become active. */
  readonly condemned: readonly string[];
  /** By encoded name. */
  readonly leases: Readonly<Record<string, HeldLease>>;
  /** The newest update, its batch, and up to where updates were forgotten. */
  readonly feed: { readonly latest: number; readonly write: string; readonly trimmed: number };
  readonly checkpoints: readonly CheckpointEntry[];
  readonly checkpointRevision: number;
  /** Of the call that changed them last: a repeat of one whose answer was lost knows itself. */
  readonly checkpointChange?: string;
}

const FIRST: Omit<StateDocument, "_id"> = {
  sequence: 0,
  reserved: 0,
  condemned: [],
  leases: {},
  feed: { latest: 0, write: "", trimmed: 0 },
  checkpoints: [],
  checkpointRevision: 0,
};

export const STATE_ID = "active";

export class StoreState {
  readonly #documents: Collection<StateDocument>;

  private constructor(readonly connection: Connection) {
    this.#documents = connection.collection<StateDocument>("generations");
  }

  /** Makes the document if absent. */
  static async open(connection: Connection): Promise<StoreState> {
    const state = new StoreState(connection);
    await connection.run("open the store", async () => {
      try {
        await state.#documents.updateOne({ _id: STATE_ID }, { $setOnInsert: FIRST }, { upsert: true });
      } catch (error) {
        // Another process was faster.
        if (!isDuplicate(error)) throw error;
      }
    });
    return state;
  }

  async read(what: string): Promise<StateDocument> {
    const document = await this.connection.run(what, () => this.#documents.findOne({ _id: STATE_ID }));
    return document ?? { _id: STATE_ID, ...FIRST };
  }

  /**
   * Changes the document if the condition holds; gives it as it then is, or undefined where the condition does not hold.
   * That may also be because this very change was made and its answer lost: the caller looks. Throws LeaseLost where
   * the fence is not the newest.
   */
  async update(
    what: string,
    condition: Filter<StateDocument>,
    change: UpdateFilter<StateDocument>,
    fence?: Fence,
  ): Promise<StateDocument | undefined> {
    const filter = { ...condition, ...(fence === undefined ? {} : fenceCondition(fence)), _id: STATE_ID };
    const updated = await this.connection.run(
      what,
      () =>
        this.#documents.findOneAndUpdate(filter as Filter<StateDocument>, change, {
          returnDocument: "after",
        }),
    );
    if (updated !== null) return updated as StateDocument;
    if (fence !== undefined) this.checkFence(await this.read(what), what, fence);
    return undefined;
  }

  /** Changes the document, whatever it is. Throws LeaseLost where the fence is not the newest. */
  async change(what: string, change: UpdateFilter<StateDocument>, fence?: Fence): Promise<StateDocument> {
    const updated = await this.update(what, {}, change, fence);
    if (updated !== undefined) return updated;
    throw new OutsideFailure(
      `cannot ${what} in ${this.connection.place}: the document generations/active is gone; ` +
        "another program deleted it, so restore the database",
    );
  }

  /** Throws LeaseLost unless there is no fence or its token was the newest at the reading. */
  checkFence({ leases }: StateDocument, what: string, fence: Fence | undefined): void {
    if (fence === undefined) return;
    const newest = leases[leaseKey(fence.name)]?.token ?? 0;
    if (newest === fence.token) return;
    throw new LeaseLost(
      `cannot ${what} in ${this.connection.place}: the lease "${fence.name}" has passed on; ` +
        `accepted is token ${newest}, given was ${fence.token}`,
    );
  }
}

/** A name of a lease as the name of a field: without dots and dollars, and not empty. */
export function leaseKey(name: string): string {
  return name === "" ? "%" : encodeURIComponent(name).replaceAll(".", "%2E");
}

function fenceCondition({ name, token }: Fence): Record<string, number> {
  return { [`leases.${leaseKey(name)}.token`]: token };
}
