/** Whether a broker and the library have a language in common, before anything else is tried. */
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { connect as connectByTls } from "node:tls";
import { OutsideFailure } from "../../domain/failure.ts";
import { parseAddress } from "./address.ts";

/** Of each request that we make: the oldest version that does what we need, and the newest that the library speaks. */
const NEEDED: readonly (readonly [name: string, key: number, oldest: number, newest: number])[] = [
  ["Produce", 0, 3, 7],
  ["Fetch", 1, 4, 11],
  ["ListOffsets", 2, 1, 3],
  ["Metadata", 3, 4, 6],
  ["OffsetCommit", 8, 2, 5],
  ["OffsetFetch", 9, 1, 4],
  ["FindCoordinator", 10, 0, 2],
  ["JoinGroup", 11, 0, 5],
  ["Heartbeat", 12, 0, 3],
  ["LeaveGroup", 13, 0, 3],
  ["SyncGroup", 14, 0, 3],
  ["CreateTopics", 19, 0, 3],
];

/** ApiVersions, version 0, correlation id 1, no client id; it is answered before anybody logs in. */
const REQUEST = Uint8Array.of(0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff);
const WAIT_MS = 5000;
const MOST_BYTES = 65_536;

/** What is wrong with the first broker's versions; undefined if nothing is. Throws OutsideFailure when nobody answers. */
export async function brokerProblem(url: string): Promise<string | undefined> {
  const answer = await ask(url), offered = new Map<number, readonly [oldest: number, newest: number]>();
  // Correlation id, error, number of entries, then key, oldest and newest version of each.
  const error = answer.readInt16BE(4), count = answer.readInt32BE(6);
  if (error !== 0 || answer.length < 10 + 6 * count) {
    return `it answers with error ${error}: no Kafka broker?`;
  }
  for (let i = 0, at = 10; i < count; i++, at += 6) {
    offered.set(answer.readInt16BE(at), [answer.readInt16BE(at + 2), answer.readInt16BE(at + 4)]);
  }
  const old = NEEDED.filter(([, key, oldest]) => (offered.get(key)?.[1] ?? -1) < oldest);
  if (old.length > 0) return `it is too old (${namesOf(old)}); Kafka 1.0 or newer is needed`;
  const young = NEEDED.filter(([, key, , newest]) => offered.get(key)![0] > newest);
  if (young.length > 0) {
    return `it has dropped what this program speaks (${namesOf(young)}); Kafka 4.1 is known to work`;
  }
}

const namesOf = (requests: typeof NEEDED) => requests.map(([name]) => name).join(", ");

/** The answer without its size. */
function ask(url: string): Promise<Buffer> {
  const { brokers: [broker], tls, authority } = parseAddress(url);
  const colon = broker.lastIndexOf(":");
  const host = broker.slice(0, colon).replaceAll(/[[\]]/g, ""), port = Number(broker.slice(colon + 1));
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => {
      socket.destroy();
      reject(new OutsideFailure(`asking the Kafka broker at ${broker} for its versions failed`, { cause }));
    };
    const socket = tls ? connectByTls({ host, port, ca: authority }) : connect({ host, port });
    socket.setTimeout(WAIT_MS, () => fail(new Error(`no answer within ${WAIT_MS} ms`)));
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the connection was closed before there was an answer")));
    socket.on(tls ? "secureConnect" : "connect", () => socket.write(REQUEST));
    let received = Buffer.alloc(0);
    socket.on("data", (part: Uint8Array) => {
      received = Buffer.concat([received, part]);
      if (received.length < 4) return;
      const size = received.readInt32BE(0);
      if (size < 10 || size > MOST_BYTES) return fail(new Error("the answer is not a Kafka broker's"));
      if (received.length < 4 + size) return;
      resolve(received.subarray(4, 4 + size));
      socket.destroy();
    });
  });
}
