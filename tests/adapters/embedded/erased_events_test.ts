import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { ErasedEvents, saltedHash } from "../../../src/adapters/embedded/erased_events.ts";
import { newDatabase } from "./temporary_file.ts";

describe("ErasedEvents", () => {
  it("keeps salted hashes: the same id is found in the same store, and nowhere as it was", async () => {
    const database = newDatabase(), erased = new ErasedEvents(database);
    await database.write(
      "add",
      () => (erased.add("order 9", 77), erased.add("😀", 3), erased.add("order 9", 78)),
    );
    assert.equal(erased.find("order 9"), 77);
    assert.equal(erased.find("😀"), 3);
    assert.equal(erased.find("order 8"), undefined);
    const salt = database.sql("SELECT salt FROM log_state").get()!.salt as Uint8Array;
    const expected = createHash("sha256").update(salt).update("order 9").digest().subarray(0, 16);
    const rows = database.sql("SELECT hash FROM erased_events WHERE at_offset = 77").all();
    assert.deepEqual(rows.map(({ hash }) => Buffer.from(hash as Uint8Array)), [expected]);
    database.close();
  });

  it("has another salt in every store", () => {
    const [one, other] = [newDatabase(), newDatabase()];
    assert.equal((one.sql("SELECT salt FROM log_state").get()!.salt as Uint8Array).length, 16);
    assert.notDeepEqual(saltedHash(one, "x"), saltedHash(other, "x"));
    one.close();
    other.close();
  });
});
