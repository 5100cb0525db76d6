/**
 * Opaque strings that carry a position: the read-your-writes token of `POST /v1/events`, and the cursor of a list.
 * A token is base64url of 23 bytes: 1 (the form's version), 16 of the log's id, 6 of the offset, big-endian.
 */
import { Problem } from "./problem.ts";

const VERSION = 1;
const TOKEN_BYTES = 23;
const OFFSET_BYTES = 6;
const TOKEN_FORM = /^[A-Za-z0-9_-]{31}$/;
const CURSOR_FORM = /^[A-Za-z0-9_-]{8}$/;

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/")), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

function writeOffset(offset: number, bytes: Uint8Array, at: number): void {
  for (let i = at + OFFSET_BYTES - 1; i >= at; i--) {
    bytes[i] = offset % 256;
    offset = Math.floor(offset / 256);
  }
}

function readOffset(bytes: Uint8Array, at: number): number {
  let offset = 0;
  for (let i = at; i < at + OFFSET_BYTES; i++) offset = offset * 256 + bytes[i];
  return offset;
}

/** The token for the event at `offset` of the log with this id (32 hexadecimal digits). */
export function writeToken(logId: string, offset: number): string {
  const bytes = new Uint8Array(TOKEN_BYTES);
  bytes[0] = VERSION;
  for (let i = 0; i < 16; i++) bytes[1 + i] = parseInt(logId.slice(2 * i, 2 * i + 2), 16);
  writeOffset(offset, bytes, 17);
  return toBase64Url(bytes);
}

/** The offset in a token of this log. Throws a problem for anything else. */
export function readToken(token: string, logId: string): number {
  const bytes = TOKEN_FORM.test(token) ? fromBase64Url(token) : new Uint8Array(1);
  if (bytes[0] !== VERSION) {
    throw new Problem("malformed-request", `"after" is "${token}", which is no token of POST /v1/events`, {
      errors: [{ parameter: "after", detail: "expected the token of an answer to POST /v1/events" }],
    });
  }
  let hex = "";
  for (let i = 1; i < 17; i++) hex += bytes[i].toString(16).padStart(2, "0");
  if (hex !== logId) {
    throw new Problem("foreign-token", `"after" names the log ${hex}; this server reads the log ${logId}`, {
      errors: [{ parameter: "after", detail: "expected a token of this server's log" }],
    });
  }
  return readOffset(bytes, 17);
}

/** The cursor that continues a list below `offset`. */
export function writeCursor(offset: number): string {
  const bytes = new Uint8Array(OFFSET_BYTES);
  writeOffset(offset, bytes, 0);
  return toBase64Url(bytes);
}

/** The offset in a cursor. Throws a problem for what is none. */
export function readCursor(cursor: string): number {
  if (!CURSOR_FORM.test(cursor)) {
    throw new Problem("malformed-request", `"cursor" is "${cursor}", which is no cursor of this list`, {
      errors: [{ parameter: "cursor", detail: 'expected "nextCursor" of an earlier answer' }],
    });
  }
  return readOffset(fromBase64Url(cursor), 0);
}
