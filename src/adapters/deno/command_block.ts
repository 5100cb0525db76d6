/**
 * How the pool and a worker talk: a block of shared memory each, and Atomics.wait. A message between threads would cost
 * more than many a phase of a fit.
 *
 * Words: [call, answers, kernel, argument count, outcome], then a result and the arguments in f64, then an error's text.
 * The pool writes a call and increments `call`; the worker runs it, writes the outcome, and increments `answers`, a word
 * that it shares with nobody else who writes.
 */
const CALL = 0;
const ANSWER = 1;
const KERNEL = 2;
const ARGUMENT_COUNT = 3;
const OUTCOME = 4;
const TEXT_LENGTH = 5;

const NUMBERS_AT = 64;
const MAX_ARGUMENTS = 31;
const TEXT_AT = NUMBERS_AT + (1 + MAX_ARGUMENTS) * 8;
const MAX_TEXT_BYTES = 2048;
const BLOCK_BYTES = TEXT_AT + MAX_TEXT_BYTES;

/** Instead of a kernel's index: the worker is to end. */
const CLOSE = -1;

export type Kernel = (...args: number[]) => number | undefined;

/** Kernels by index: the functions that a module exports, in its order. */
export function kernelNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module).filter((e) => e.kind === "function").map((e) => e.name);
}

export class CommandBlock {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(BLOCK_BYTES)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer, 0, NUMBERS_AT / 4);
    this.#numbers = new Float64Array(buffer, NUMBERS_AT, 1 + MAX_ARGUMENTS);
  }

  /** Pool: starts a call. */
  post(kernel: number, args: readonly number[]): void {
    if (args.length > MAX_ARGUMENTS) {
      throw new RangeError(`${args.length} arguments, at most ${MAX_ARGUMENTS}`);
    }
    this.#words[KERNEL] = kernel;
    this.#words[ARGUMENT_COUNT] = args.length;
    this.#numbers.set(args, 1);
    Atomics.add(this.#words, CALL, 1);
    Atomics.notify(this.#words, CALL);
  }

  /** Pool: asks the worker to end. */
  postClose(): void {
    this.post(CLOSE, []);
  }

  /** Pool: resolves when the worker has answered all calls. Throws what the kernel threw. */
  async answer(): Promise<number> {
    for (;;) {
      const answered = Atomics.load(this.#words, ANSWER);
      if (answered === Atomics.load(this.#words, CALL)) break;
      const waiting = Atomics.waitAsync(this.#words, ANSWER, answered);
      if (waiting.async) await waiting.value;
    }
    if (this.#words[OUTCOME] === 0) return this.#numbers[0];
    const text = new Uint8Array(this.buffer, TEXT_AT, this.#words[TEXT_LENGTH]).slice();
    throw new Error(new TextDecoder().decode(text));
  }

  /** Worker: runs calls until it is asked to end. */
  serve(kernels: readonly Kernel[]): void {
    for (let answered = 0;; answered++) {
      while (Atomics.load(this.#words, CALL) === answered) Atomics.wait(this.#words, CALL, answered);
      const kernel = this.#words[KERNEL];
      if (kernel !== CLOSE) this.#run(kernels[kernel]);
      Atomics.add(this.#words, ANSWER, 1);
      Atomics.notify(this.#words, ANSWER);
      if (kernel === CLOSE) return;
    }
  }

  #run(kernel: Kernel): void {
    try {
      const args = this.#numbers.slice(1, 1 + this.#words[ARGUMENT_COUNT]);
      this.#numbers[0] = kernel(...args) ?? 0;
      this.#words[OUTCOME] = 0;
    } catch (error) {
      // A trap (an address outside the memory, say) is a programmer's error; the text is all that can cross.
      const text = new TextEncoder().encode(String(error)).subarray(0, MAX_TEXT_BYTES);
      new Uint8Array(this.buffer, TEXT_AT, text.length).set(text);
      this.#words[TEXT_LENGTH] = text.length;
      this.#words[OUTCOME] = 1;
    }
  }
}
