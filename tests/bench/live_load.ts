/**
 * Sends events to a live server as a process of its own, and prints what it saw as JSON.
 *
 *     live_load.ts PORT visible|batches EVENTS_PER_SECOND SECONDS USERS ITEMS
 */
import { HttpConnection, jsonOf } from "./http_connection.ts";

export interface VisibleResult {
  readonly events: number;
  /** Milliseconds from the request's first byte to the acknowledgement. */
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** Milliseconds from the acknowledgement to the end of an answer that knows the event: a whole request more than needed. */
  readonly visibleP50Ms: number;
  readonly visibleP99Ms: number;
  /** Answers to a read with the token that did not know the event. */
  readonly violations: number;
}

export interface BatchesResult {
  readonly eventsPerSecond: number;
  readonly readP50Ms: number;
  readonly readP99Ms: number;
  /** Events that were not visible yet when the last was acknowledged, and how long that took. */
  readonly lagEvents: number;
  readonly drainedMs: number;
}

const BATCH = 100, READS_PER_SECOND = 200;

interface Acknowledged {
  readonly token: string;
  readonly results: readonly { readonly offset: number }[];
}

/** Sockets that are free; more are opened as they are needed. */
class Sockets {
  readonly #port: number;
  readonly #free: HttpConnection[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async use<T>(work: (socket: HttpConnection) => Promise<T>): Promise<T> {
    const socket = this.#free.pop() ?? await HttpConnection.open(this.#port);
    const result = await work(socket);
    this.#free.push(socket);
    return result;
  }

  close(): void {
    for (const socket of this.#free) socket.close();
  }
}

/** Numbers from 1 to `most` that depend on how often it was called alone. */
function scattered(): (most: number) => number {
  let state = 1;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 1 + Math.floor(state / 2 ** 32 * most);
  };
}

/** Starts `act` so often that `perSecond` is kept, late ones at once; resolves when all have ended. */
async function pace(perSecond: number, seconds: number, act: () => Promise<void>): Promise<void> {
  const startMs = performance.now(), running: Promise<void>[] = [];
  for (let elapsed = 0; elapsed < seconds; elapsed = (performance.now() - startMs) / 1000) {
    while (running.length < elapsed * perSecond) running.push(act());
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(running);
}

const quantile = (values: number[], q: number) => {
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(q * values.length))];
};

async function visible(sockets: Sockets, rate: number, seconds: number, users: number, items: number) {
  const next = scattered(), acks: number[] = [], delays: number[] = [];
  let violations = 0;
  await pace(rate, seconds, () =>
    sockets.use(async (socket) => {
      const userId = String(next(users)), startMs = performance.now();
      const event = { userId, itemId: String(next(items)), value: next(5) };
      const { token, results } = jsonOf<Acknowledged>(await socket.post("/v1/events", JSON.stringify(event)));
      const ackMs = performance.now();
      const answer = await socket.get(`/v1/users/${userId}/recommendations?after=${token}`);
      delays.push(performance.now() - ackMs);
      acks.push(ackMs - startMs);
      if (!(jsonOf<{ appliedOffset: number }>(answer).appliedOffset > results[0].offset)) violations++;
    }));
  return {
    events: acks.length,
    ackP50Ms: quantile(acks, 0.5),
    ackP99Ms: quantile(acks, 0.99),
    visibleP50Ms: quantile(delays, 0.5),
    visibleP99Ms: quantile(delays, 0.99),
    violations,
  } satisfies VisibleResult;
}

async function batches(sockets: Sockets, rate: number, seconds: number, users: number, items: number) {
  const next = scattered(), reads: number[] = [], startMs = performance.now();
  let sent = 0;
  const writing = pace(rate / BATCH, seconds, () =>
    sockets.use(async (socket) => {
      const events = Array.from({ length: BATCH }, () => ({
        userId: String(next(users)),
        itemId: String(next(items)),
        value: next(5),
      }));
      jsonOf(await socket.post("/v1/events", JSON.stringify({ events })));
      sent += BATCH;
    }));
  const reading = pace(READS_PER_SECOND, seconds, () =>
    sockets.use(async (socket) => {
      const startMs = performance.now();
      jsonOf(await socket.get(`/v1/users/${next(users)}/recommendations`));
      reads.push(performance.now() - startMs);
    }));
  await Promise.all([writing, reading]);
  const endMs = performance.now(), first = await lagOf(sockets);
  for (let lag = first; lag > 0; lag = await lagOf(sockets)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    eventsPerSecond: sent / ((endMs - startMs) / 1000),
    readP50Ms: quantile(reads, 0.5),
    readP99Ms: quantile(reads, 0.99),
    lagEvents: first,
    drainedMs: performance.now() - endMs,
  } satisfies BatchesResult;
}

async function lagOf(sockets: Sockets): Promise<number> {
  return (await sockets.use(async (socket) => jsonOf<{ lagEvents: number }>(await socket.get("/readyz"))))
    .lagEvents;
}

if (import.meta.main) {
  const [port, mode, ...rest] = Deno.args, [rate, seconds, users, items] = rest.map(Number);
  const sockets = new Sockets(Number(port));
  const run = mode === "visible" ? visible : batches;
  console.log(JSON.stringify(await run(sockets, rate, seconds, users, items)));
  sockets.close();
}
