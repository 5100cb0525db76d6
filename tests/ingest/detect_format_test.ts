import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { BadInput } from "../../src/domain/failure.ts";
import { describeFormat, detectFormat, type FormatWish } from "../../src/ingest/detect_format.ts";
import { bytesOf } from "./reading.ts";

function described(text: string, wish: FormatWish = {}): string | undefined {
  const format = detectFormat(bytesOf(text), wish, true);
  return format === undefined ? undefined : describeFormat(format);
}

describe("detectFormat", () => {
  it("finds formats and says them in words", () => {
    assert.equal(described("1::2::3::4\n"), '"::" separated, no header: user=1 item=2 value=3 time=4');
    assert.equal(
      described("userId,movieId,rating,timestamp\n1,2,3,4\n"),
      "comma separated, header: user=userId item=movieId value=rating time=timestamp",
    );
    assert.equal(
      described('\n {"userId":"u","itemId":"i"}\n'),
      "ndjson: user=userId item=itemId value=value time=time",
    );
    assert.equal(described('{"user":1,"song":2}'), "ndjson: user=user item=song value=value time=time");
    assert.equal(described("1 2 3\n", { format: "lists" }), "lists: user item item ...");
    assert.equal(described("a;b\n"), "semicolon separated, no header: user=1 item=2");
  });

  it("knows a file without rows from one it cannot understand", () => {
    assert.equal(described(""), undefined);
    assert.equal(described("\n \r\n"), undefined);
    assert.throws(() => described("hello\n"), BadInput);
  });

  it("does not judge by a line that may be cut", () => {
    const head = bytesOf("a,b,1\nc,d,2\ne");
    assert.equal(describeFormat(detectFormat(head)!), "comma separated, no header: user=1 item=2 value=3");
  });

  it("names binary data for what it is", () => {
    const refusal = (bytes: number[]) => {
      try {
        detectFormat(Uint8Array.from(bytes), {}, true);
      } catch (error) {
        return error instanceof BadInput ? error.message : "";
      }
    };
    assert.match(refusal([0x50, 0x41, 0x52, 0x31])!, /Parquet/);
    assert.match(refusal([0x50, 0x4b, 3, 4, 5])!, /zip/);
    assert.match(refusal([0xff, 0xfe, 0x31, 0])!, /UTF-16/);
    assert.match(refusal([0x31, 0x2c, 0, 0x32])!, /binary/);
    assert.throws(() => described('[{"userId":"u"}]'), /JSON array.*NDJSON/);
  });
});
