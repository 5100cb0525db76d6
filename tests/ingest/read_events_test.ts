import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { readEvents } from "../../src/ingest/read_events.ts";
import type { Batch } from "../../src/ingest/row_collector.ts";
import { bytesOf, chunksOf, read, row, rowsOf } from "./reading.ts";

async function* broken(rowCount: number): AsyncGenerator<Uint8Array> {
  yield bytesOf(`a,x,1\n${"b,y,2\n".repeat(rowCount)}c,z,3`);
  throw new Error("the disk is gone");
}

describe("readEvents", () => {
  it("passes over a byte order mark", async () => {
    const { rows } = await read("\ufeffuser,item\na,b\n", {}, 2);
    assert.deepEqual(rows, [row("a", "b", 1)]);
    assert.deepEqual((await read("\ufeffa,b\n")).rows, [row("a", "b", 1)]);
  });

  it("says the format before the rows come; of an empty file none", async () => {
    const seen: string[] = [];
    const onFormat = ({ kind }: { kind: string }) => void seen.push(kind);
    assert.deepEqual((await read("1,2\n", { onFormat })).rows.length, 1);
    assert.deepEqual((await read("", { onFormat })).rows, []);
    assert.deepEqual((await read("\n\n", { onFormat })).rows, []);
    assert.deepEqual(seen, ["delimited"]);
  });

  it("throws before any row when the format is unclear", async () => {
    await assert.rejects(read("what is this\n"), BadInput);
  });

  it("gives the whole rows before a failure of the source, then the failure; half a row is no row", async () => {
    for (const size of [10, 1 << 17]) {
      const batches: Batch[] = [];
      const reading = (async () => {
        for await (const batch of readEvents({ chunks: broken(size), sourceName: "s" })) batches.push(batch);
      })();
      await assert.rejects(reading, /the disk is gone/);
      assert.equal(batches.flatMap(rowsOf).length, size + 1);
    }
  });

  it("stops after the rows before a bad one when it is told to", async () => {
    const { rows, rejects } = await read("a,x,1\nb,y,bad\nc,z,3\nd,w,worse\n", { onReject: () => true });
    assert.deepEqual(rows, [row("a", "x", 1)]);
    assert.equal(rejects.length, 1);
  });

  it("lets go of the source, however it ends", async () => {
    let closed = 0;
    async function* source(text: string) {
      try {
        yield* chunksOf(text, 70_000);
      } finally {
        closed++;
      }
    }
    const long = "a,x,1\n".repeat(50_000);
    for await (const _ of readEvents({ sourceName: "s", chunks: source(long), batchCount: 10 })) break;
    for await (const _ of readEvents({ sourceName: "s", chunks: source("a,x,1\n") }));
    await assert.rejects(readEvents({ sourceName: "s", chunks: source("nothing to see") }).next());
    for await (
      const _ of readEvents({
        sourceName: "s",
        chunks: source(`a,x,1\na,x,bad\n${long}`),
        onReject: () => true,
      })
    );
    assert.equal(closed, 4);
  });

  it("gives the same event ids with batches of another size", async () => {
    const text = Array.from({ length: 3000 }, (_, i) => `${i % 7},${i % 11},${i % 3}\n`).join("");
    const [one, other] = [await read(text, { batchCount: 100 }, 997), await read(text)];
    assert.equal(one.batches.length, 30);
    assert.deepEqual(one.eventIds, other.eventIds);
    assert.equal(new Set(one.eventIds).size, 3000);
    assert.deepEqual(one.rows, other.rows);
  });
});
