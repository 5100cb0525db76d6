import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { CodedRows, emptyDictionaries } from "../../src/ingest/coded_rows.ts";
import { HEAD_BYTES } from "../../src/ingest/detect_format.ts";
import { readHead, readRecords, readRest } from "../../src/ingest/read_records.ts";
import { FILE_RULES } from "../../src/ingest/scanner_of.ts";
import { numbered } from "./divided_reading.ts";
import { bytesOf, chunksOf } from "./reading.ts";

const COMMA = {
  kind: "delimited",
  delimiter: ",",
  quoting: true,
  hasHeader: false,
  columns: { user: 0, item: 1, value: 2, time: -1 },
  names: [],
} as const;

function rowsAndIds() {
  const ids = emptyDictionaries(), lines: number[] = [];
  const onReject = ({ line }: { line: number }) => lines.push(line) < 0;
  return { ids, lines, rows: new CodedRows({ rules: FILE_RULES, ids, onReject }) };
}

describe("readHead", () => {
  it("takes what the format is found by and no more, without a byte order mark, and says where it begins", async () => {
    const text = `\ufeff${"a,x,1\n".repeat(30_000)}`, source = chunksOf(text, 1000);
    const head = await readHead(source);
    assert.deepEqual([head.markBytes, head.isWhole, head.failure], [3, false, undefined]);
    const read = 1000 * Math.ceil(HEAD_BYTES / 1000);
    assert.deepEqual(head.bytes, bytesOf(text).slice(3, read));
    assert.deepEqual((await source.next()).value?.slice(0, 3), bytesOf(text).slice(read, read + 3));
    const short = await readHead(chunksOf("a,b"));
    assert.deepEqual([short.markBytes, short.isWhole, short.bytes], [0, true, bytesOf("a,b")]);
  });

  it("gives what came before a failure", async () => {
    const error = new Error("the disk is gone");
    async function* broken() {
      yield bytesOf("a,b");
      throw error;
    }
    assert.deepEqual(await readHead(broken()), {
      bytes: bytesOf("a,b"),
      markBytes: 0,
      isWhole: false,
      failure: { error },
    });
  });
});

describe("readRecords", () => {
  it("says the format, then gives the sink's batches", async () => {
    const { rows, ids } = rowsAndIds(), seen: string[] = [], batches = [];
    const onFormat = ({ kind }: { kind: string }) => void seen.push(kind);
    for await (const batch of readRecords({ chunks: chunksOf("a,x,1\nb,x,2\n"), onFormat }, rows)) {
      batches.push(batch);
    }
    assert.deepEqual(seen, ["delimited"]);
    assert.deepEqual(numbered(batches, ids, 0, 0).rows, [[0, 0, 1, 0], [1, 0, 2, 0]]);
  });
});

describe("readRecords, of a source that fails at once,", () => {
  it("throws what it failed with, and nothing about the format", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      await Promise.reject(new Error("the disk is gone"));
      yield bytesOf("");
    }
    await assert.rejects(readRecords({ chunks: broken() }, rowsAndIds().rows).next(), /the disk is gone/);
  });
});

describe("readRest", () => {
  it("reads on in a known format, with line numbers from where the sink stands, and lets go of the source", async () => {
    const { rows, ids, lines } = rowsAndIds(), batches = [];
    rows.line = 100;
    let isClosed = false;
    async function* source() {
      try {
        yield* chunksOf("user,item,rating\na,x,1\n\nb,x\nc,y,3", 5);
      } finally {
        isClosed = true;
      }
    }
    for await (const batch of readRest(source(), COMMA, rows)) batches.push(batch);
    // What would be a header at the beginning of a file is a bad row here.
    assert.deepEqual(lines, [100, 103]);
    assert.deepEqual(numbered(batches, ids, 0, 0).rows, [[0, 0, 1, 0], [1, 1, 3, 0]]);
    assert.ok(isClosed);
  });
});
