import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { constants, gzipSync, inflateRawSync } from "node:zlib";
import { openInput } from "../../../src/adapters/deno/open_input.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";

let folder = "";
beforeAll(async () => {
  folder = await Deno.makeTempDir();
});
afterAll(() => Deno.remove(folder, { recursive: true }));

async function write(name: string, bytes: Uint8Array): Promise<string> {
  await Deno.writeFile(`${folder}/${name}`, bytes);
  return `${folder}/${name}`;
}

/** The bytes that came, and the failure they ended with. */
async function drain(chunks: AsyncIterable<Uint8Array>): Promise<{ bytes: Uint8Array; error?: unknown }> {
  const parts: Uint8Array[] = [];
  const failure = await (async () => {
    for await (const chunk of chunks) parts.push(chunk.slice());
  })().catch((error: unknown) => error);
  return { bytes: new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()), error: failure };
}

/** Unpacks as much as there is. */
const UNFINISHED = { finishFlush: constants.Z_SYNC_FLUSH };

/** A million bytes that do not pack well. */
function noise(): Uint8Array {
  let state = 5;
  return Uint8Array.from(
    { length: 1_000_000 },
    () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24,
  );
}

describe("openInput", () => {
  it("gives a file's bytes, its name and its size, and tells what was read", async () => {
    const bytes = noise();
    let readBytes = 0;
    const input = await openInput(await write("a.b.csv", bytes), {
      onRead: (sizeBytes) => readBytes += sizeBytes,
    });
    assert.deepEqual([input.name, input.sizeBytes], ["a.b.csv", 1_000_000]);
    const { bytes: read, error } = await drain(input.chunks);
    assert.equal(error, undefined);
    assert.ok(indexedEqual(read, bytes));
    assert.equal(readBytes, 1_000_000);
  });

  it("unpacks gzip whatever it is called, also several members, and drops .gz from the name", async () => {
    const bytes = noise(), half = bytes.subarray(0, 500_000);
    const one = gzipSync(bytes),
      two = new Uint8Array([...gzipSync(half), ...gzipSync(bytes.subarray(500_000))]);
    for (
      const [name, packed, shown] of [["x.csv.gz", one, "x.csv"], ["y.csv", two, "y.csv"], [
        ".gz",
        one,
        ".gz",
      ]] as const
    ) {
      const input = await openInput(await write(name, packed));
      assert.equal(input.name, shown);
      const { bytes: read, error } = await drain(input.chunks);
      assert.equal(error, undefined);
      assert.ok(indexedEqual(read, bytes), name);
    }
  });

  it("gives what comes before a cut or damage, then says so", async () => {
    const bytes = noise(), packed = gzipSync(bytes);
    const cut = packed.subarray(0, packed.length - 300_000),
      whole = inflateRawSync(cut.subarray(10), UNFINISHED);
    const { bytes: read, error } = await drain((await openInput(await write("cut.gz", cut))).chunks);
    assert.ok(error instanceof OutsideFailure);
    assert.match(error.message, /"cut".*cut short or damaged/);
    assert.ok(whole.length > 500_000 && indexedEqual(read, whole), `${read.length} of ${whole.length} bytes`);

    const garbage = new Uint8Array([...gzipSync(bytes), ...new TextEncoder().encode("garbage")]);
    const damaged = await drain((await openInput(await write("damaged.gz", garbage))).chunks);
    assert.ok(damaged.error instanceof OutsideFailure);
    assert.ok(damaged.bytes.length >= bytes.length - 16_384, `${damaged.bytes.length} bytes`);
    assert.ok(indexedEqual(damaged.bytes, bytes.subarray(0, damaged.bytes.length)));
  });

  it("reads files of no and of one byte", async () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0x1f)]) {
      const { bytes: read, error } = await drain((await openInput(await write("tiny", bytes))).chunks);
      assert.deepEqual([read.length, error], [bytes.length, undefined]);
    }
  });

  it("says why it cannot read", async () => {
    await assert.rejects(openInput(`${folder}/none`), (error: Error) => {
      assert.ok(error instanceof BadInput);
      assert.match(error.message, /none": there is no such file/);
      return true;
    });
    await assert.rejects(openInput(folder), /it is a folder/);
  });

  it("ends with the signal's reason", async () => {
    const stop = new AbortController();
    const input = await openInput(await write("long", noise()), { signal: stop.signal });
    const { error } = await drain((async function* () {
      for await (const chunk of input.chunks) {
        yield chunk;
        stop.abort(new Error("enough"));
      }
    })());
    assert.match(String(error), /enough/);
  });

  it("can be closed without being read", async () => {
    const input = await openInput(await write("unread", noise()));
    input.close();
    input.close();
  });
});

function indexedEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, p) => byte === b[p]);
}
