/** Bytes of any length in documents below MongoDB's limit of 16 MiB, unseen until something names their `write`. */
import type { Binary, Collection } from "mongodb";
import type { Connection } from "./connection.ts";
import { joinBytes } from "../../domain/join_bytes.ts";
import { binaryOf } from "./binary.ts";
import { isDuplicate } from "./mongo_failure.ts";

interface ChunkDocument {
  readonly _id: { readonly write: string; readonly name: string; readonly part: number };
  readonly write: string;
  readonly at: Date;
  readonly bytes: Binary;
}

const CHUNK_BYTES = 8 * 2 ** 20;
const DAY_MS = 24 * 60 * 60 * 1000;

export class Chunks {
  readonly #connection: Connection;
  readonly #documents: Collection<ChunkDocument>;

  constructor(connection: Connection, collection: string) {
    this.#connection = connection;
    this.#documents = connection.collection<ChunkDocument>(collection);
  }

  async prepare(): Promise<void> {
    await this.#connection.run("make indexes", () => this.#documents.createIndex({ write: 1 }));
  }

  /** The bytes of an empty section take no document. */
  async insert(what: string, write: string, name: string, bytes: Uint8Array, nowMs: number): Promise<void> {
    for (let part = 0; part * CHUNK_BYTES < bytes.byteLength; part++) {
      const piece = binaryOf(bytes.subarray(part * CHUNK_BYTES, (part + 1) * CHUNK_BYTES));
      const document = { _id: { write, name, part }, write, at: new Date(nowMs), bytes: piece };
      await this.#connection.run(what, async () => {
        try {
          await this.#documents.insertOne(document);
        } catch (error) {
          // It is there already: the answer to an earlier try was lost.
          if (!isDuplicate(error)) throw error;
        }
      });
    }
  }

  /** By name. What is missing is missing here too. */
  async read(what: string, write: string): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
    const documents = await this.#connection.run(what, () => this.#documents.find({ write }).toArray());
    const parts = new Map<string, Uint8Array[]>();
    for (const { _id: { name, part }, bytes } of documents) {
      if (!parts.has(name)) parts.set(name, []);
      parts.get(name)![part] = bytes.buffer.subarray(0, bytes.position);
    }
    return new Map(
      [...parts].map(([name, all]) => [name, joinBytes(all.filter((part) => part !== undefined))]),
    );
  }

  async remove(what: string, writes: readonly string[]): Promise<void> {
    if (writes.length === 0) return;
    await this.#connection.run(what, () => this.#documents.deleteMany({ write: { $in: [...writes] } }));
  }

  /** Removes what a process left that ended before it named them, a day ago or more. */
  async removeOrphans(what: string, named: readonly string[], nowMs: number): Promise<void> {
    const old = { $lt: new Date(nowMs - DAY_MS) };
    await this.#connection.run(
      what,
      () => this.#documents.deleteMany({ at: old, write: { $nin: [...named] } }),
    );
  }
}
