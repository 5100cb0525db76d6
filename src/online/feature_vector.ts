/** One observation's features by slot. Reused from one observation to the next, so that reading allocates nothing. */

export class FeatureVector {
  count = 0;
  slots = new Uint32Array(16);
  /** NaN where the feature is a text. */
  values = new Float64Array(16);
  #texts: (string | undefined)[] = [];
  #textCount = 0;

  get hasTexts(): boolean {
    return this.#textCount > 0;
  }

  /** The text at place k; undefined where a number stands. */
  textAt(k: number): string | undefined {
    return this.#textCount === 0 ? undefined : this.#texts[k];
  }

  clear(): void {
    this.count = 0;
    if (this.#textCount === 0) return;
    this.#texts.length = 0;
    this.#textCount = 0;
  }

  addNumber(slot: number, value: number): void {
    const k = this.count;
    if (k === this.slots.length) this.#grow();
    this.slots[k] = slot;
    this.values[k] = value;
    this.count = k + 1;
  }

  addText(slot: number, text: string): void {
    this.addNumber(slot, NaN);
    this.#texts[this.count - 1] = text;
    this.#textCount++;
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.slots.length), values = new Float64Array(2 * this.slots.length);
    slots.set(this.slots);
    values.set(this.values);
    this.slots = slots;
    this.values = values;
  }
}
