/**
 * Stands between a client and a MongoDB server on loopback, and loses answers: the request reaches the server and is carried
 * out, the client sees its connection end. That is how a network fails that cannot be told from a server that failed.
 */

export interface LosingProxy {
  readonly port: number;
  /** The answer to the next request with this command ("insert", "update", "findAndModify") is lost. */
  loseNext(command: string): void;
  /** So is every `nth` answer to any of the commands that write; 0: none. */
  loseEvery(nth: number): void;
  /** How many were lost. */
  readonly lostCount: number;
  close(): Promise<void>;
}

const WRITES = ["insert", "update", "delete", "findAndModify"];
/** Of a message: length, id, id that is answered, kind; then flags and the kind of the first section. */
const HEADER_BYTES = 16, DOCUMENT_AT = 21, OP_MSG = 2013;

/** The command of a request: the name of its document's first field. */
function commandOf(message: Uint8Array): string | undefined {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getInt32(12, true) !== OP_MSG) return undefined;
  const start = DOCUMENT_AT + 5;
  return new TextDecoder().decode(message.subarray(start, message.indexOf(0, start)));
}

async function* messagesOf(readable: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = new Uint8Array();
  for await (const chunk of readable) {
    const more = new Uint8Array(bytes.length + chunk.length);
    more.set(bytes), more.set(chunk, bytes.length);
    bytes = more;
    while (bytes.length >= HEADER_BYTES) {
      const length = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
      if (bytes.length < length) break;
      yield bytes.slice(0, length);
      bytes = bytes.slice(length);
    }
  }
}

export function startLosingProxy(serverPort: number): LosingProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>(), running = new Set<Promise<void>>();
  let wanted: string | undefined, every = 0, writeCount = 0, lostCount = 0;

  function isLost(command: string | undefined): boolean {
    if (command === undefined) return false;
    const isWrite = WRITES.includes(command);
    const isDue = command === wanted || (isWrite && every > 0 && ++writeCount % every === 0);
    if (command === wanted) wanted = undefined;
    if (isDue) lostCount++;
    return isDue;
  }

  async function relay(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: serverPort });
    open.add(client), open.add(server);
    // The driver waits for each answer before it sends the next request on a connection.
    let losesNext = false;
    const end = () => {
      for (const one of [client, server]) {
        if (open.delete(one)) one.close();
      }
    };
    const there = (async () => {
      const writer = server.writable.getWriter();
      for await (const message of messagesOf(client.readable)) {
        losesNext = isLost(commandOf(message));
        await writer.write(message);
      }
    })();
    const back = (async () => {
      const writer = client.writable.getWriter();
      for await (const message of messagesOf(server.readable)) {
        if (losesNext) return;
        await writer.write(message);
      }
    })();
    await Promise.race([there, back]).catch(() => {});
    end();
    await Promise.allSettled([there, back]);
  }

  const accepting = (async () => {
    for await (const client of listener) {
      const relaying: Promise<void> = relay(client).catch(() => {}).finally(() => running.delete(relaying));
      running.add(relaying);
    }
  })();

  return {
    port: (listener.addr as Deno.NetAddr).port,
    loseNext: (command) => void (wanted = command),
    loseEvery: (nth) => void (every = nth),
    get lostCount() {
      return lostCount;
    },
    close: async () => {
      listener.close();
      for (const one of open) {
        open.delete(one);
        try {
          one.close();
        } catch {
          // It is closed.
        }
      }
      await accepting;
      await Promise.all(running);
    },
  };
}
