/**
 * Generations in MongoDB: a document each in `generations`, their factors, ids and seen items as binary chunks in
 * `generation_chunks`. The document names the chunks by `write` once they are all there; that one update publishes.
 */
import type { Collection } from "mongodb";
import { hashOfFactors } from "../../domain/factors_hash.ts";
import { BadInput, OutsideFailure } from "../../domain/failure.ts";
import { withoutUser } from "../../domain/forget_user.ts";
import type { ActivePointer, Generation, GenerationContent } from "../../domain/generation.ts";
import { contentOf, generationOf, SECTION_NAMES, sectionsOf } from "../../domain/generation_sections.ts";
import type { GenerationStore } from "../../ports/generation_store.ts";
import type { Fence } from "../../ports/lease.ts";
import { Chunks } from "./chunks.ts";
import { isDuplicate } from "./mongo_failure.ts";
import { STATE_ID, type StateDocument, type StoreState } from "./store_state.ts";

/** The first four are there from the reservation on, the others from the publication. */
interface GenerationDocument {
  readonly _id: string;
  readonly kind: "generation";
  readonly reservedAtMs: number;
  /** Of the call that reserved it: a repeat of one whose answer was lost knows itself. */
  readonly reservation: string;
  /** Of the chunks: sections by name, floats and whole numbers of 32 bits, little-endian. */
  readonly write?: string;
  /** JSON: {generation, model}, with every number to the bit. */
  readonly manifest?: string;
  /** The same for people and other programs, as far as they care. */
  readonly summary?: Pick<Generation, "offset" | "userCount" | "itemCount" | "metrics" | "sha256"> & {
    readonly createdAt: Date;
    readonly stride: number;
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;

export class MongoGenerationStore implements GenerationStore {
  readonly #state: StoreState;
  readonly #documents: Collection<GenerationDocument>;
  readonly #chunks: Chunks;
  #lastReserved: Promise<unknown> = Promise.resolve();

  constructor(state: StoreState) {
    this.#state = state;
    this.#documents = state.connection.collection<GenerationDocument>("generations");
    this.#chunks = new Chunks(state.connection, "generation_chunks");
  }

  prepare(): Promise<void> {
    return this.#chunks.prepare();
  }

  /** Ids that are asked for here at once are given in the order of asking. */
  reserve(): Promise<string> {
    const reserved = this.#lastReserved.then(() => this.#reserve());
    this.#lastReserved = reserved.catch(() => {});
    return reserved;
  }

  async #reserve(): Promise<string> {
    const what = "reserve a generation's id";
    for (;;) {
      // An answer that is lost uses up a number, and nobody minds.
      const state = await this.#state.change(what, { $inc: { reserved: 1 } });
      const id = `g${String(state.reserved).padStart(6, "0")}`;
      if (await this.#insert(what, id)) return id;
    }
  }

  async publish(content: GenerationContent): Promise<void> {
    const id = content.generation.generation, what = `publish generation ${id}`, write = crypto.randomUUID();
    await this.#insert(what, id);
    if ((await this.#find(what, id))?.write !== undefined) throw alreadyThere(id);
    const manifest = await this.#insertSections(what, write, content);
    const published = { write, manifest, summary: summaryOf(content) };
    await this.#state.connection.run(
      what,
      () => this.#documents.updateOne({ _id: id, write: { $exists: false } }, { $set: published }),
    );
    if ((await this.#find(what, id))?.write === write) return;
    await this.#chunks.remove(what, [write]);
    throw alreadyThere(id);
  }

  async list(): Promise<Generation[]> {
    const published = await this.#published("list the generations");
    return published.map(({ manifest }) => generationOf(new TextEncoder().encode(manifest)));
  }

  async load(generation: string): Promise<GenerationContent> {
    const what = `load generation ${generation}`;
    for (;;) {
      const document = await this.#find(what, generation);
      if (document?.write === undefined) throw await this.#unknown("load", generation);
      const content = await this.#read(what, document);
      if (content !== undefined) return content;
    }
  }

  async active(): Promise<ActivePointer | undefined> {
    return pointerOf(await this.#state.read("read which generation is active"));
  }

  async activate(
    generation: string,
    appliedOffset: number,
    timeMs: number,
    fence?: Fence,
  ): Promise<ActivePointer> {
    const what = `activate generation ${generation}`;
    for (;;) {
      const state = await this.#state.read(what);
      this.#state.checkFence(state, what, fence);
      const isPublished = (await this.#find(what, generation))?.write !== undefined;
      if (!isPublished || state.condemned.includes(generation)) {
        throw await this.#unknown("activate", generation);
      }
      const now = pointerOf(state);
      if (now?.generation === generation) return now;
      const { sequence } = state;
      const pointer = { generation, appliedOffset, sequence: sequence + 1, activatedAtMs: timeMs };
      const condition = { sequence, condemned: { $ne: generation } };
      if (await this.#state.update(what, condition, { $set: pointer }, fence) !== undefined) return pointer;
    }
  }

  async forgetUser(userId: string): Promise<string[]> {
    const what = "forget a user in the generations", changed: string[] = [];
    for (const { _id } of await this.#published(what)) {
      if (await this.#forgetIn(what, _id, userId)) changed.push(_id);
    }
    return changed;
  }

  async collect(keep: number, reservedBeforeMs = Date.now() - DAY_MS): Promise<string[]> {
    const what = "collect old generations";
    const condemned = await this.#condemn(what, keep, Math.max(reservedBeforeMs, 1));
    for (const id of condemned) {
      const write = (await this.#find(what, id))?.write;
      if (write !== undefined) await this.#chunks.remove(what, [write]);
      await this.#state.connection.run(what, () => this.#documents.deleteOne({ _id: id }));
      await this.#state.change(what, { $pull: { condemned: id } });
    }
    const named = (await this.#published(what)).map(({ write }) => write!);
    await this.#chunks.removeOrphans(what, named, Date.now());
    return condemned;
  }

  /** From here on none of them can become active; if the process ends before they are deleted, the next collection goes on. */
  async #condemn(what: string, keep: number, reservedBeforeMs: number): Promise<string[]> {
    for (;;) {
      const state = await this.#state.read(what);
      const others = (await this.#published(what)).map(({ _id }) => _id)
        .filter((id) => id !== state.generation && !state.condemned.includes(id));
      const filter = {
        kind: "generation",
        write: { $exists: false },
        reservedAtMs: { $lt: reservedBeforeMs },
      } as const;
      const left = await this.#state.connection.run(what, () => this.#documents.find(filter).toArray());
      const gone = [...others.slice(0, Math.max(0, others.length - keep)), ...left.map(({ _id }) => _id)];
      const condemned = inOrder([...new Set([...state.condemned, ...gone])]);
      if (condemned.length === 0) return condemned;
      const condition = { sequence: state.sequence };
      if (await this.#state.update(what, condition, { $set: { condemned } }) !== undefined) return condemned;
    }
  }

  /** False if it exists. */
  async #insert(what: string, id: string): Promise<boolean> {
    const reservation = crypto.randomUUID();
    const document = { _id: id, kind: "generation", reservedAtMs: Date.now(), reservation } as const;
    return await this.#state.connection.run(what, async () => {
      try {
        await this.#documents.insertOne(document);
        return true;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        return await this.#documents.findOne({ _id: id, reservation }) !== null;
      }
    });
  }

  /** Gives the manifest, which is no chunk. */
  async #insertSections(what: string, write: string, content: GenerationContent): Promise<string> {
    const [manifest, ...sections] = sectionsOf(content), nowMs = Date.now();
    await Promise.all(
      sections.map(({ name, bytes }) => this.#chunks.insert(what, write, name, bytes, nowMs)),
    );
    return new TextDecoder().decode(manifest.bytes);
  }

  /** Undefined if the chunks were replaced while they were read. */
  async #read(what: string, document: GenerationDocument): Promise<GenerationContent | undefined> {
    const { _id, write, manifest } = document;
    const sections = new Map<string, Uint8Array>(SECTION_NAMES.map((name) => [name, new Uint8Array()]));
    sections.set("manifest", new TextEncoder().encode(manifest));
    for (const [name, bytes] of await this.#chunks.read(what, write!)) sections.set(name, bytes);
    const current = await this.#find(what, _id);
    if (current?.write !== write) return undefined;
    const content = contentOf(sections), { generation, model } = content;
    const sha256 = generation.verifiable === false ? generation.sha256 : await hashOfFactors(model);
    if (sha256 === generation.sha256) return content;
    throw new OutsideFailure(
      `cannot ${what} from ${this.#state.connection.place}: its factors have SHA-256 ${sha256}, ` +
        `published was ${generation.sha256}`,
    );
  }

  /** Writes the chunks anew and swaps to them. False if the generation does not know the user. */
  async #forgetIn(what: string, id: string, userId: string): Promise<boolean> {
    for (;;) {
      const document = await this.#find(what, id);
      if (document?.write === undefined) return false;
      const content = await this.#read(what, document);
      if (content === undefined) continue;
      // The id of one who was forgotten is "", which nobody has.
      const user = userId === "" ? -1 : content.userIds.indexOf(userId);
      if (user < 0) return false;
      const write = crypto.randomUUID(), old = document.write;
      const manifest = await this.#insertSections(what, write, withoutUser(content, user));
      await this.#state.connection.run(
        what,
        () => this.#documents.updateOne({ _id: id, write: old }, { $set: { write, manifest } }),
      );
      const isSwapped = (await this.#find(what, id))?.write === write;
      await this.#chunks.remove(what, [isSwapped ? old : write]);
      if (isSwapped) return true;
    }
  }

  #find(what: string, id: string): Promise<GenerationDocument | null> {
    return this.#state.connection.run(what, () => this.#documents.findOne({ _id: id, kind: "generation" }));
  }

  /** Oldest first. */
  async #published(what: string): Promise<GenerationDocument[]> {
    const filter = { _id: { $ne: STATE_ID }, kind: "generation", write: { $exists: true } } as const;
    const documents = await this.#state.connection.run(what, () => this.#documents.find(filter).toArray());
    const { condemned } = await this.#state.read(what);
    const ids = inOrder(documents.map(({ _id }) => _id).filter((id) => !condemned.includes(id)));
    return ids.map((id) => documents.find(({ _id }) => _id === id)!);
  }

  async #unknown(what: string, generation: string): Promise<BadInput> {
    const known = (await this.#published("list the generations")).map(({ _id }) => _id);
    return new BadInput(
      `cannot ${what} generation "${generation}": it is not known; accepted are: ` +
        (known.join(", ") || "none is published yet"),
    );
  }
}

function pointerOf(
  { generation, appliedOffset, sequence, activatedAtMs }: StateDocument,
): ActivePointer | undefined {
  if (generation === undefined) return undefined;
  return { generation, appliedOffset: appliedOffset!, sequence, activatedAtMs: activatedAtMs! };
}

function inOrder(ids: readonly string[]): string[] {
  return [...ids].sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
}

function summaryOf({ generation, model }: GenerationContent): GenerationDocument["summary"] {
  const { offset, userCount, itemCount, metrics, sha256, createdAtMs } = generation;
  const safe = Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name.replaceAll(/[.$]/g, "_"), value]),
  );
  const createdAt = new Date(createdAtMs);
  return { offset, userCount, itemCount, metrics: safe, sha256, createdAt, stride: model.stride };
}

function alreadyThere(id: string): BadInput {
  return new BadInput(
    `cannot publish generation ${id}: it exists and is never overwritten; reserve a new id`,
  );
}
