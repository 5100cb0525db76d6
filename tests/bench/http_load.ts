/**
 * Asks a server for lists over sockets that stay open, as a process of its own, and prints what it took as JSON.
 * Plain HTTP/1.1 by hand: a client that costs more than the server would measure itself.
 *
 *     http_load.ts PORT CONNECTIONS COUNT USERS SEED
 */

export interface LoadResult {
  readonly seconds: number;
  /** Milliseconds from the request's first byte out to the answer's last byte in. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly answers: number;
}

const HEADER_END = new Uint8Array([13, 10, 13, 10]);
const decoder = new TextDecoder("latin1");

/** Where `\r\n\r\n` ends in `bytes[0, end)`; -1 if it is not there. */
function bodyStart(bytes: Uint8Array, end: number): number {
  for (let i = 3; i < end; i++) {
    if (bytes[i] === 10 && HEADER_END.every((byte, k) => bytes[i - 3 + k] === byte)) return i + 1;
  }
  return -1;
}

/** One connection that asks one request after the other. */
class Connection {
  readonly #socket: Deno.TcpConn;
  readonly #buffer = new Uint8Array(1 << 20);

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
  }

  static async open(port: number): Promise<Connection> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    return new Connection(socket);
  }

  /** Sends a request and reads its answer to the end. Throws unless the status is 200. */
  async ask(request: Uint8Array): Promise<void> {
    await this.#socket.write(request);
    let end = 0, whole = Infinity;
    while (end < whole) {
      const count = await this.#socket.read(this.#buffer.subarray(end));
      if (count === null) throw new Error(`the server closed the connection after ${end} bytes of an answer`);
      end += count;
      if (whole < Infinity) continue;
      const start = bodyStart(this.#buffer, end);
      if (start < 0) continue;
      const head = decoder.decode(this.#buffer.subarray(0, start));
      const length = /content-length: (\d+)/i.exec(head);
      if (!head.startsWith("HTTP/1.1 200") || length === null) throw new Error(`unexpected answer: ${head}`);
      whole = start + Number(length[1]);
    }
  }

  close(): void {
    this.#socket.close();
  }
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
  const encoder = new TextEncoder();
  const latencies = new Float64Array(count);
  const order = scattered(users, seed);
  let next = 0;
  const run = async (connection: Connection) => {
    while (next < count) {
      const at = next++;
      const path = `/v1/users/${order.next().value}/recommendations`;
      const request = encoder.encode(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      const startedMs = performance.now();
      await connection.ask(request);
      latencies[at] = performance.now() - startedMs;
    }
    connection.close();
  };
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
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
