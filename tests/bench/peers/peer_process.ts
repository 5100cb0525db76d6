/** worker.py and its like as we talk to them: a request and an answer, one JSON line each, one after the other. */

export type PeerAnswer = Readonly<Record<string, unknown>>;

export class PeerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #received = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Starts it with at most `threads` threads, of which BLAS may start `blasThreads` beneath each of the library's own. */
  static start(python: string, threads: number, blasThreads = 1, worker = "worker.py"): PeerProcess {
    const script = new URL(worker, import.meta.url).pathname;
    const env = { OPENBLAS_NUM_THREADS: String(blasThreads), OMP_NUM_THREADS: String(threads) };
    const command = new Deno.Command(python, { args: [script], env, stdin: "piped", stdout: "piped" });
    return new PeerProcess(command.spawn());
  }

  /** Throws what the peer reports, and when it ended without an answer. */
  async request(op: string, fields: Readonly<Record<string, unknown>> = {}): Promise<PeerAnswer> {
    await this.#writer.write(new TextEncoder().encode(JSON.stringify({ op, ...fields }) + "\n"));
    const answer: PeerAnswer = JSON.parse(await this.#readLine(op));
    if (answer.error !== undefined) throw new Error(`the peer's "${op}" failed: ${answer.error}`);
    return answer;
  }

  /** The seconds that an operation took inside the peer. */
  async seconds(op: string, fields: Readonly<Record<string, unknown>>): Promise<number> {
    return Number((await this.request(op, fields)).seconds);
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
    await this.#reader.cancel();
  }

  async #readLine(op: string): Promise<string> {
    for (let end = this.#received.indexOf("\n");; end = this.#received.indexOf("\n")) {
      if (end >= 0) {
        const line = this.#received.slice(0, end);
        this.#received = this.#received.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error(`the peer ended while it was asked for "${op}"`);
      this.#received += value;
    }
  }
}

/** What a fit of the peer is asked for. */
export interface PeerFit {
  readonly data: string;
  readonly factors: number;
  readonly regularization: number;
  readonly alpha: number;
  readonly threads: number;
  readonly seed: number;
  readonly iterations: number;
}

/** A fit of the peer that goes on by one iteration a call. Nothing else may be asked of the process before `stop`. */
export class PeerSteps {
  readonly #peer: PeerProcess;
  readonly #fit: PeerFit;
  #hasBegun = false;

  constructor(peer: PeerProcess, fit: PeerFit) {
    this.#peer = peer;
    this.#fit = fit;
  }

  /** Runs an iteration and gives its seconds. */
  next(): Promise<number> {
    if (this.#hasBegun) return this.#peer.seconds("next", {});
    this.#hasBegun = true;
    return this.#peer.seconds("fitInSteps", { ...this.#fit });
  }

  /** Writes the factors so far to two .npy files. */
  async save(userFactors: string, itemFactors: string): Promise<void> {
    await this.#peer.request("save", { userFactors, itemFactors });
  }

  async stop(): Promise<void> {
    if (this.#hasBegun) await this.#peer.request("stop");
  }
}
