import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Problem } from "../../src/serve/problem.ts";
import { MAX_BODY_BYTES, readJson } from "../../src/serve/read_body.ts";

function request(
  body: BodyInit | undefined,
  type: string | undefined,
  headers: Record<string, string> = {},
): Request {
  const made = new Request("http://localhost/", { method: "POST", body, headers });
  if (type === undefined) made.headers.delete("content-type");
  else made.headers.set("content-type", type);
  return made;
}

/** Comes in pieces and so without a length. */
function streamed(sizes: readonly number[], onPull: () => void): ReadableStream<Uint8Array> {
  let i = 0;
  return new ReadableStream({
    pull(controller) {
      onPull();
      if (i === sizes.length) controller.close();
      else controller.enqueue(new Uint8Array(sizes[i++]).fill(32));
    },
  });
}

async function statusOf(request: Request): Promise<number> {
  return await readJson(request).then(() => 200, (error: unknown) => {
    assert.ok(error instanceof Problem, String(error));
    return error.status;
  });
}

describe("readJson", () => {
  it("reads JSON of any JSON type", async () => {
    for (
      const type of [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/merge-patch+json",
      ]
    ) {
      assert.deepEqual(await readJson(request('{"a":"ü"}', type)), { a: "ü" }, type);
    }
  });

  it("gives undefined for no body and no type", async () => {
    assert.equal(await readJson(request(undefined, undefined)), undefined);
  });

  it("refuses other types with 415, and a body without one", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", undefined]) {
      assert.equal(await statusOf(request("{}", type)), 415, type);
    }
  });

  it("refuses what is no JSON, empty, or no UTF-8 with 400", async () => {
    for (const body of ["", "{", "{'a':1}", "NaN", new Uint8Array([0x22, 0xff, 0x22])]) {
      assert.equal(await statusOf(request(body, "application/json")), 400);
    }
  });

  it("refuses more than 1 MiB with 413, exactly that much not", async () => {
    const most = '"' + "x".repeat(MAX_BODY_BYTES - 2) + '"';
    assert.equal(await statusOf(request(most, "application/json")), 200);
    assert.equal(await statusOf(request(most + " ", "application/json")), 413);
    assert.equal(
      await statusOf(request("{}", "application/json", { "content-length": String(MAX_BODY_BYTES + 1) })),
      413,
    );
  });

  it("stops reading a body without a length at the limit", async () => {
    let pulls = 0;
    const pieces = new Array(1000).fill(64 * 1024);
    assert.equal(await statusOf(request(streamed(pieces, () => pulls++), "application/json")), 413);
    // 16 pieces make the limit; some more may be on their way.
    assert.ok(pulls < 30, `${pulls} pieces of 64 KiB were asked for`);
  });

  it("reads a body that comes in pieces", async () => {
    const bytes = new TextEncoder().encode('{"a":"ü"}');
    let i = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => i === bytes.length ? controller.close() : controller.enqueue(bytes.slice(i, ++i)),
    });
    assert.deepEqual(await readJson(request(body, "application/json")), { a: "ü" });
  });
});
