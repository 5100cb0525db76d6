/** A few calls at once, and no more. */
export class Lanes {
  readonly #count: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(count: number) {
    this.#count = count;
  }

  /** Starts the call when there is room. Throws what an earlier one threw. */
  async add(call: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#count) await Promise.race(this.#running);
    this.check();
    const running: Promise<void> = call().catch((error) => void (this.#failure ??= { error }))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Until none runs any more, whatever became of them. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Throws the first failure. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
