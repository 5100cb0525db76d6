import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { OutsideFailure } from "../../src/domain/failure.ts";
import { readSnapshot, type Snapshot, writeSnapshot } from "../../src/domain/snapshot.ts";
import { plantedContent } from "../contracts/planted_content.ts";

const SNAPSHOT: Snapshot = {
  content: plantedContent("g000007"),
  appliedOffset: 4_294_967_301,
  titles: new Map([["i1", "A title"], ["日本", "日本 🍕"]]),
  later: { userIds: ["u1", "new"], itemIds: ["i3", "nowhere"], pairs: Uint32Array.of(0, 0, 1, 1) },
};

function refusedWith(pattern: RegExp) {
  return (error: unknown) => error instanceof OutsideFailure && pattern.test(error.message);
}

describe("a snapshot", () => {
  it("gives back what went in", async () => {
    assert.deepEqual(await readSnapshot(await writeSnapshot(SNAPSHOT)), SNAPSHOT);
    assert.deepEqual(await readSnapshot(await writeSnapshot(SNAPSHOT, "secret"), "secret"), SNAPSHOT);
    assert.deepEqual(await readSnapshot(await writeSnapshot(SNAPSHOT, "secret")), SNAPSHOT);
  });

  it("begins with its name, its SHA-256 and its HMAC", async () => {
    const file = await writeSnapshot(SNAPSHOT, "secret");
    const digest = createHash("sha256").update(file.subarray(72)).digest();
    const hmac = createHmac("sha256", "secret").update("FOZSNAP1").update(digest).digest();
    assert.equal(new TextDecoder().decode(file.subarray(0, 8)), "FOZSNAP1");
    assert.deepEqual(file.subarray(8, 40), new Uint8Array(digest));
    assert.deepEqual(file.subarray(40, 72), new Uint8Array(hmac));
    assert.deepEqual((await writeSnapshot(SNAPSHOT)).subarray(40, 72), new Uint8Array(32));
  });

  it("has its factors in place: they are views of the file", async () => {
    const file = await writeSnapshot(SNAPSHOT);
    const { content } = await readSnapshot(file);
    assert.equal(content.model.itemFactors.buffer, file.buffer);
    assert.equal(content.model.itemFactors.byteOffset % 64, 0);
  });

  it("is read from the middle of a larger buffer", async () => {
    const file = await writeSnapshot(SNAPSHOT);
    const larger = new Uint8Array(file.length + 10);
    larger.set(file, 7);
    assert.deepEqual(await readSnapshot(larger.subarray(7, 7 + file.length)), SNAPSHOT);
  });

  it("is refused when any byte of it changed, or its end is missing", async () => {
    const file = await writeSnapshot(SNAPSHOT);
    for (let at = 8; at < 40; at += 11) await refusesChange(file, at);
    for (let at = 72; at < file.length; at += 97) await refusesChange(file, at);
    await assert.rejects(readSnapshot(file.slice(0, -1)), refusedWith(/torn or changed/));
    await assert.rejects(readSnapshot(file.slice(0, 50)), refusedWith(/does not begin/));
    await assert.rejects(readSnapshot(new Uint8Array(500)), refusedWith(/does not begin/));
  });

  it("is refused when it is not signed with the key that is asked for", async () => {
    const signed = await writeSnapshot(SNAPSHOT, "secret");
    await assert.rejects(readSnapshot(signed, "other"), refusedWith(/signed with another key/));
    await assert.rejects(readSnapshot(await writeSnapshot(SNAPSHOT), "secret"), refusedWith(/not signed/));
    // A signature of another file does not help.
    const other = await writeSnapshot({ ...SNAPSHOT, appliedOffset: 1 });
    other.set(signed.subarray(40, 72), 40);
    await assert.rejects(readSnapshot(other, "secret"), refusedWith(/signed with another key/));
  });
});

async function refusesChange(file: Uint8Array<ArrayBuffer>, at: number): Promise<void> {
  const changed = file.slice();
  changed[at] ^= 1;
  await assert.rejects(readSnapshot(changed), refusedWith(/torn or changed/), `byte ${at}`);
}
