/** Generations in the embedded store: sections in chunks, a manifest that makes them visible, a row that points. */
import { createHash } from "node:crypto";
import { BadInput, OutsideFailure } from "../../domain/failure.ts";
import { withoutUser } from "../../domain/forget_user.ts";
import type { ActivePointer, Generation, GenerationContent } from "../../domain/generation.ts";
import {
  contentOf,
  generationOf,
  SECTION_NAMES,
  type SectionName,
  sectionsOf,
} from "../../domain/generation_sections.ts";
import { unpackIds } from "../../domain/id_list.ts";
import { joinBytes } from "../../domain/join_bytes.ts";
import type { GenerationStore } from "../../ports/generation_store.ts";
import type { Fence } from "../../ports/lease.ts";
import { bytesOf } from "./blobs.ts";
import type { Database } from "./database.ts";
import { checkFence } from "./lease.ts";

/** One chunk is one transaction: other writers get in between. */
const CHUNK_BYTES = 8 * 2 ** 20;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Sections that change when a user is forgotten, besides the manifest. */
const USER_SECTIONS: readonly SectionName[] = ["userFactors", "userIds", "seenIndptr", "seenIndices"];

export class EmbeddedGenerationStore implements GenerationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  reserve(): Promise<string> {
    return this.#database.write("reserve a generation's id", () => {
      const last = this.#database.sql("SELECT seq FROM sqlite_sequence WHERE name = 'generations'").get();
      let sequence = last?.seq as number | undefined ?? 0;
      let id: string;
      do id = `g${String(++sequence).padStart(6, "0")}`; while (this.#row(id) !== undefined);
      this.#database.sql("INSERT INTO generations (sequence, generation, reserved_at_ms) VALUES (?, ?, ?)")
        .run(sequence, id, Date.now());
      return id;
    });
  }

  async publish(content: GenerationContent): Promise<void> {
    const id = content.generation.generation, what = `publish generation ${id}`;
    const [manifest, ...sections] = sectionsOf(content);
    await this.#database.write(what, () => {
      this.#refusePublished(id);
      // Not OR IGNORE: that would use up the next number although nothing is inserted.
      if (this.#row(id) === undefined) {
        this.#database.sql("INSERT INTO generations (generation, reserved_at_ms) VALUES (?, ?)").run(
          id,
          Date.now(),
        );
      }
      this.#database.sql("DELETE FROM generation_chunks WHERE generation = ?").run(id);
    });
    for (const { name, bytes } of sections) {
      for (const [chunk, part] of chunksOf(bytes).entries()) {
        await this.#database.write(what, () => {
          this.#database.sql("INSERT INTO generation_chunks VALUES (?, ?, ?, ?)").run(id, name, chunk, part);
        });
      }
    }
    await this.#database.write(what, () => {
      this.#refusePublished(id);
      this.#database.sql("UPDATE generations SET manifest = ? WHERE generation = ?").run(manifest.bytes, id);
    });
  }

  async list(): Promise<Generation[]> {
    return this.#database.read("list the generations", () => this.#manifests().map(generationOf));
  }

  async load(generation: string): Promise<GenerationContent> {
    const what = `load generation ${generation}`;
    const content = this.#database.read(what, () => {
      const manifest = this.#row(generation)?.manifest;
      if (manifest === undefined || manifest === null) throw this.#unknown("load", generation);
      return contentOf(new Map([["manifest", manifest as Uint8Array], ...this.#sections(generation)]));
    });
    if (content.generation.verifiable === false) return content;
    const sha256 = createHash("sha256").update(bytesOf(content.model.userFactors))
      .update(bytesOf(content.model.itemFactors)).digest("hex");
    if (sha256 !== content.generation.sha256) {
      throw new OutsideFailure(
        `cannot ${what} from the store ${this.#database.path}: its factors have SHA-256 ${sha256}, ` +
          `published was ${content.generation.sha256}`,
      );
    }
    return content;
  }

  async active(): Promise<ActivePointer | undefined> {
    return this.#database.read("read which generation is active", () => this.#active());
  }

  activate(
    generation: string,
    appliedOffset: number,
    timeMs: number,
    fence?: Fence,
  ): Promise<ActivePointer> {
    const what = `activate generation ${generation}`;
    return this.#database.write(what, () => {
      checkFence(this.#database, what, fence);
      const manifest = this.#row(generation)?.manifest;
      if (manifest === undefined || manifest === null) throw this.#unknown("activate", generation);
      const now = this.#active();
      if (now?.generation === generation) return now;
      const sequence = (now?.sequence ?? 0) + 1;
      this.#database.sql("INSERT OR REPLACE INTO active_generation VALUES (1, ?, ?, ?, ?)")
        .run(generation, appliedOffset, sequence, timeMs);
      return { generation, appliedOffset, sequence, activatedAtMs: timeMs };
    });
  }

  async forgetUser(userId: string): Promise<string[]> {
    const what = "forget a user in the generations",
      found = (id: string) => this.#userIds(id).indexOf(userId);
    const ids = this.#database.read(
      what,
      () =>
        this.#manifests().map((manifest) => generationOf(manifest).generation)
          .filter((id) => userId !== "" && found(id) >= 0),
    );
    for (const id of ids) {
      await this.#database.forget(what, [new TextEncoder().encode(userId)], () => {
        const manifest = this.#row(id)?.manifest as Uint8Array | undefined, index = found(id);
        if (manifest !== undefined && index >= 0) this.#rewrite(id, manifest, index);
      });
    }
    return ids;
  }

  async collect(keep: number, reservedBeforeMs = Date.now() - DAY_MS): Promise<string[]> {
    const gone = await this.#database.write("collect old generations", () => {
      const active = this.#active()?.generation ?? "";
      const others = this.#manifests().map((manifest) => generationOf(manifest).generation)
        .filter((id) => id !== active);
      // From here on nobody sees them; if the process ends before they are deleted, the next collection goes on.
      for (const id of others.slice(0, Math.max(0, others.length - keep))) {
        this.#database.sql("UPDATE generations SET manifest = NULL, reserved_at_ms = 0 WHERE generation = ?")
          .run(id);
      }
      return this.#database.sql(
        `SELECT generation FROM generations WHERE manifest IS NULL AND reserved_at_ms < ?
         ORDER BY length(generation), generation`,
      ).all(Math.max(reservedBeforeMs, 1)).map((row) => row.generation as string);
    });
    for (const id of gone) await this.#delete(id);
    return gone;
  }

  /** In one transaction: a reader sees the generation before or after. */
  #rewrite(id: string, manifest: Uint8Array, userIndex: number): void {
    const content = contentOf(new Map([["manifest", manifest], ...this.#sections(id)]));
    const insert = this.#database.sql("INSERT INTO generation_chunks VALUES (?, ?, ?, ?)");
    for (const { name, bytes } of sectionsOf(withoutUser(content, userIndex))) {
      if (name === "manifest") {
        this.#database.sql("UPDATE generations SET manifest = ? WHERE generation = ?").run(bytes, id);
      } else if (USER_SECTIONS.includes(name)) {
        this.#database.sql("DELETE FROM generation_chunks WHERE generation = ? AND section = ?").run(
          id,
          name,
        );
        chunksOf(bytes).forEach((part, chunk) => insert.run(id, name, chunk, part));
      }
    }
  }

  #userIds(id: string): string[] {
    const chunks = this.#database.sql(
      "SELECT bytes FROM generation_chunks WHERE generation = ? AND section = 'userIds' ORDER BY chunk",
    ).all(id);
    return unpackIds(joined(chunks.map(({ bytes }) => bytes as Uint8Array)));
  }

  async #delete(id: string): Promise<void> {
    const remove = () =>
      this.#database.sql(
        "DELETE FROM generation_chunks WHERE rowid = (SELECT rowid FROM generation_chunks WHERE generation = ? LIMIT 1)",
      ).run(id).changes;
    const what = `delete generation ${id}`;
    while (await this.#database.write(what, remove) > 0);
    await this.#database.write(
      what,
      () => this.#database.sql("DELETE FROM generations WHERE generation = ?").run(id),
    );
  }

  #row(id: string) {
    return this.#database.sql("SELECT manifest FROM generations WHERE generation = ?").get(id);
  }

  /** Of published generations, oldest first. */
  #manifests(): Uint8Array[] {
    return this.#database.sql(
      "SELECT manifest FROM generations WHERE manifest IS NOT NULL ORDER BY length(generation), generation",
    ).all().map((row) => row.manifest as Uint8Array);
  }

  #sections(id: string): [string, Uint8Array][] {
    // An empty section has no chunk.
    const chunks = new Map<string, Uint8Array[]>(SECTION_NAMES.slice(1).map((name) => [name, []]));
    const rows = this.#database.sql(
      "SELECT section, bytes FROM generation_chunks WHERE generation = ? ORDER BY section, chunk",
    );
    for (const row of rows.iterate(id)) {
      const name = row.section as string;
      chunks.set(name, [...chunks.get(name) ?? [], row.bytes as Uint8Array]);
    }
    return [...chunks].map(([name, parts]) => [name, joined(parts)]);
  }

  #active(): ActivePointer | undefined {
    const row = this.#database.sql("SELECT * FROM active_generation").get();
    return row === undefined ? undefined : {
      generation: row.generation as string,
      appliedOffset: row.applied_offset as number,
      sequence: row.sequence as number,
      activatedAtMs: row.activated_at_ms as number,
    };
  }

  #refusePublished(id: string): void {
    if ((this.#row(id)?.manifest ?? null) === null) return;
    throw new BadInput(
      `cannot publish generation ${id}: it exists and is never overwritten; reserve a new id`,
    );
  }

  #unknown(what: string, generation: string): BadInput {
    const known = this.#manifests().map((manifest) => generationOf(manifest).generation);
    return new BadInput(
      `cannot ${what} generation "${generation}": it is not known; accepted are: ` +
        (known.join(", ") || "none is published yet"),
    );
  }
}

function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.ceil(bytes.byteLength / CHUNK_BYTES);
  return Array.from(
    { length: count },
    (_, chunk) => bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES),
  );
}

/** One part is given as it is. */
function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0] : joinBytes(parts);
}
