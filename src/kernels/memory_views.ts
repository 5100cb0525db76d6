/** Views over all of a memory, for single values at addresses: made once, and again when the memory has grown. */
export class MemoryViews {
  readonly #memory: WebAssembly.Memory;
  #words: Uint32Array;
  #floats: Float32Array;
  #doubles: Float64Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#words = new Uint32Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
  }

  /** Index `address / 4`. Use it at once: the next allocation detaches it. */
  get words(): Uint32Array {
    if (this.#words.buffer !== this.#memory.buffer) this.#renew();
    return this.#words;
  }

  /** Index `address / 4`. */
  get floats(): Float32Array {
    if (this.#words.buffer !== this.#memory.buffer) this.#renew();
    return this.#floats;
  }

  /** Index `address / 8`. */
  get doubles(): Float64Array {
    if (this.#words.buffer !== this.#memory.buffer) this.#renew();
    return this.#doubles;
  }

  #renew(): void {
    this.#words = new Uint32Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
  }
}
