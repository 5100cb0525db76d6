/**
 * Asks a server for lists over sockets that stay open, as a process of its own, and prints what it took as JSON.
 *
 *     http_load.ts PORT CONNECTIONS COUNT USERS SEED
 */
import { HttpConnection } from "./http_connection.ts";

export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds from the request's first byte out to the answer's last byte in. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly answers: number;
}

/** Users 1..users in a scattered order that depends on the seed alone (a full-period congruential generator, mod 2^32). */
function* scattered(users: number, seed: number): Generator<number> {
  for (let state = seed >>> 0;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield 1 + Math.floor(state / 2 ** 32 * users);
  }
}

/** `count` requests over `connections` sockets, each socket with one request at a time. */
export async function load(
  port: number,
  connections: number,
  count: number,
  users: number,
  seed: number,
): Promise<LoadResult> {
  const latencies = new Float64Array(count);
  const order = scattered(users, seed);
  let next = 0;
  const run = async (connection: HttpConnection) => {
    while (next < count) {
      const at = next++;
      const path = `/v1/users/${order.next().value}/recommendations`;
      const startedMs = performance.now();
      const { status, head } = await connection.get(path);
      if (status !== 200) throw new Error(`unexpected answer: ${head}`);
      latencies[at] = performance.now() - startedMs;
    }
    connection.close();
  };
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(port)));
  const startedMs = performance.now();
  await Promise.all(open.map(run));
  const seconds = (performance.now() - startedMs) / 1000;
  latencies.sort();
  const quantile = (q: number) => latencies[Math.min(count - 1, Math.floor(q * count))];
  return {
    seconds,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    maxMs: latencies[count - 1],
    answers: count,
  };
}

if (import.meta.main) {
  const [port, connections, count, users, seed] = Deno.args.map(Number);
  console.log(JSON.stringify(await load(port, connections, count, users, seed)));
}
