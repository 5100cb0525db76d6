/** A server that answers the driver's greeting and nothing else, and says what version it is: real ones of old are no longer to be had. */
import { BSON } from "mongodb";

export interface OldServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface OldServerOptions {
  /** "3.4.0" */
  readonly version: string;
  /** What the driver compares: 5 is MongoDB 3.4, 9 is 4.4. */
  readonly wireVersion: number;
}

const OP_REPLY = 1, OP_QUERY = 2004, OP_MSG = 2013;

function answerTo(request: Uint8Array, document: Uint8Array): Uint8Array {
  const view = new DataView(request.buffer, request.byteOffset),
    isQuery = view.getInt32(12, true) === OP_QUERY;
  // OP_REPLY: flags, cursor, first, count. OP_MSG: flags, the kind of its one section.
  const head = isQuery ? 20 : 5, answer = new Uint8Array(16 + head + document.length);
  const out = new DataView(answer.buffer);
  out.setInt32(0, answer.length, true);
  out.setInt32(8, view.getInt32(4, true), true);
  out.setInt32(12, isQuery ? OP_REPLY : OP_MSG, true);
  if (isQuery) out.setInt32(32, 1, true);
  answer.set(document, 16 + head);
  return answer;
}

export function startOldServer({ version, wireVersion }: OldServerOptions): OldServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), open = new Set<Deno.Conn>();
  const document = BSON.serialize({
    ok: 1,
    ismaster: true,
    isWritablePrimary: true,
    helloOk: true,
    version,
    minWireVersion: 0,
    maxWireVersion: wireVersion,
    maxBsonObjectSize: 2 ** 24,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
  });
  const serve = async (connection: Deno.Conn) => {
    open.add(connection);
    const bytes = new Uint8Array(65_536);
    try {
      while (await connection.read(bytes) !== null) await connection.write(answerTo(bytes, document));
    } catch {
      // The client is gone.
    } finally {
      if (open.delete(connection)) connection.close();
    }
  };
  const running = (async () => {
    const serving: Promise<void>[] = [];
    for await (const connection of listener) serving.push(serve(connection));
    await Promise.all(serving);
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    close: async () => {
      listener.close();
      for (const connection of open) {
        open.delete(connection);
        connection.close();
      }
      await running;
    },
  };
}
