/**
 * One connection over which one request goes after the other. Plain HTTP/1.1 by hand: a client that costs more than the
 * server would measure itself.
 */

const HEADER_END = new Uint8Array([13, 10, 13, 10]);
const latin1 = new TextDecoder("latin1"), utf8 = new TextDecoder(), encoder = new TextEncoder();

export interface HttpAnswer {
  readonly status: number;
  /** Lines of the head, unparsed. */
  readonly head: string;
  /** A view that the next request overwrites. */
  readonly body: Uint8Array;
}

export class HttpConnection {
  readonly #socket: Deno.TcpConn;
  readonly #port: number;
  readonly #buffer = new Uint8Array(1 << 20);

  private constructor(socket: Deno.TcpConn, port: number) {
    this.#socket = socket;
    this.#port = port;
  }

  static async open(port: number): Promise<HttpConnection> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    return new HttpConnection(socket, port);
  }

  get(path: string): Promise<HttpAnswer> {
    return this.#ask(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n\r\n`);
  }

  /** The JSON body must be plain ASCII. */
  post(path: string, json: string): Promise<HttpAnswer> {
    const head =
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\nContent-Type: application/json\r\n`;
    return this.#ask(`${head}Content-Length: ${json.length}\r\n\r\n${json}`);
  }

  close(): void {
    this.#socket.close();
  }

  async #ask(request: string): Promise<HttpAnswer> {
    for (let rest = encoder.encode(request); rest.length > 0;) {
      rest = rest.subarray(await this.#socket.write(rest));
    }
    let end = 0, start = -1, whole = Infinity, head = "";
    while (end < whole) {
      const count = await this.#socket.read(this.#buffer.subarray(end));
      if (count === null) throw new Error(`the server closed the connection after ${end} bytes of an answer`);
      end += count;
      if (start >= 0) continue;
      start = bodyStart(this.#buffer, end);
      if (start < 0) continue;
      head = latin1.decode(this.#buffer.subarray(0, start));
      const length = /content-length: (\d+)/i.exec(head);
      if (length === null) throw new Error(`an answer without length: ${head}`);
      whole = start + Number(length[1]);
    }
    return { status: Number(head.slice(9, 12)), head, body: this.#buffer.subarray(start, whole) };
  }
}

/** A 2xx answer's JSON. Throws with what the server said otherwise. */
export function jsonOf<Body>({ status, body }: HttpAnswer): Body {
  const text = utf8.decode(body);
  if (status < 200 || status > 299) throw new Error(`unexpected answer ${status}: ${text}`);
  return JSON.parse(text);
}

/** Where `\r\n\r\n` ends in `bytes[0, end)`; -1 if it is not there. */
function bodyStart(bytes: Uint8Array, end: number): number {
  for (let i = 3; i < end; i++) {
    if (bytes[i] === 10 && HEADER_END.every((byte, k) => bytes[i - 3 + k] === byte)) return i + 1;
  }
  return -1;
}
