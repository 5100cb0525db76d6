/** What a benchmark gives, as a table for people and as JSON. */
import { plainTable } from "../../src/commands/plain_table.ts";
import type { Spread } from "./measure.ts";

export interface Figure {
  /** What was done: "epoch, implicit, 64 factors". */
  readonly work: string;
  readonly data: string;
  readonly unit: "s" | "ms" | "us" | "per s" | "MiB" | "million" | "%";
  readonly value: Spread;
  readonly note?: string;
}

/** The figures of one benchmark, and the hash of what it computed: the same input must give the same. */
export interface BenchmarkResult {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** SHA-256, hex. */
  readonly hash: string;
}

/** A number with about four significant places, thousands grouped. */
export function shortNumber(value: number): string {
  const places = value === 0 ? 0 : Math.max(0, 3 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", {
    maximumFractionDigits: Math.min(places, 4),
    minimumFractionDigits: 0,
  });
}

/** "12.3 (11.9 .. 14.0)" */
export function shortSpread({ median, min, max, count }: Spread): string {
  return count === 1
    ? shortNumber(median)
    : `${shortNumber(median)} (${shortNumber(min)} .. ${shortNumber(max)})`;
}

export function figuresTable(results: readonly BenchmarkResult[]): string {
  const table = plainTable(["benchmark", "work", "data", "median (min .. max)", "unit", "note"]);
  for (const { name, figures } of results) {
    for (const { work, data, unit, value, note } of figures) {
      table.push([name, work, data, shortSpread(value), unit, note ?? ""]);
    }
  }
  const hashes = results.map(({ name, hash }) => `${name} ${hash}`).join("\n");
  return `${table.toString()}\nSHA-256 of what was computed:\n${hashes}`;
}

/** A spread in another unit. */
export function scaled({ median, min, max, count }: Spread, factor: number): Spread {
  return { median: median * factor, min: min * factor, max: max * factor, count };
}

/** Seconds for `amount` things as things a second. */
export function perSecond({ median, min, max, count }: Spread, amount: number): Spread {
  return { median: amount / median, min: amount / max, max: amount / min, count };
}

/** SHA-256 (hex) over the parts in order. */
export async function hashOf(...parts: readonly (ArrayBufferView | string)[]): Promise<string> {
  const bytes = parts.map((part) =>
    typeof part === "string"
      ? new TextEncoder().encode(part)
      : new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
  );
  const whole = new Uint8Array(bytes.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
