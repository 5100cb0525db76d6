/** Reads a JSON body, never more of it than the limit. */
import { Problem } from "./problem.ts";

/** 1 MiB. */
export const MAX_BODY_BYTES = 1 << 20;

function tooLarge(): Problem {
  return new Problem(
    "too-large",
    `the body is larger than ${MAX_BODY_BYTES} bytes, which is the most that is read`,
  );
}

/** The whole body; stops reading at the limit, whatever the header says. */
async function readBytes(request: Request): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? NaN);
  if (declared > MAX_BODY_BYTES) throw tooLarge();
  if (declared >= 0) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) bytes.set(chunk, at), at += chunk.length;
  return bytes;
}

const JSON_TYPE = /^application\/([a-z0-9.+-]+\+)?json\s*(;|$)/i;

/**
 * The parsed body. Problems: 415 unless the type is JSON (in UTF-8, as JSON is), 413 over the limit, 400 for what is
 * no UTF-8 or no JSON. An empty body without a type gives undefined.
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type");
  if (type !== null && !JSON_TYPE.test(type)) {
    throw new Problem(
      "unsupported-media-type",
      `the body has the type "${type}"; accepted is application/json`,
      {
        headers: { "accept": "application/json" },
      },
    );
  }
  const bytes = await readBytes(request);
  if (type === null) {
    if (bytes.length === 0) return undefined;
    throw new Problem("unsupported-media-type", "the body has no type; accepted is application/json", {
      headers: { "accept": "application/json" },
    });
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Problem("malformed-request", `the body is not JSON in UTF-8: ${(error as Error).message}`);
  }
}
