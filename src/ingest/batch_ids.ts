/** The ids of one side: their codes in the file, and their places in the current batch. */
import { IdDictionary } from "./id_dictionary.ts";

/** Beyond this many ids the dictionary starts anew with the next batch: a file may have more ids than memory. */
const MAX_IDS = 1 << 22;

export class BatchIds {
  #dictionary = new IdDictionary();
  /** By code: first place + place in the batch. Smaller than the first place: not in this batch. */
  #places = new Float64Array(1 << 11);
  #firstPlace = 1;
  #used: string[] = [];
  readonly #maxIds: number;

  constructor(maxIds = MAX_IDS) {
    this.#maxIds = maxIds;
  }

  /** The code of the id in bytes[start, end); negative where it is no id (see ID_PROBLEMS). */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.#dictionary.codeOf(bytes, start, end);
  }

  idOf(code: number): string {
    return this.#dictionary.idOf(code);
  }

  /** The place of a code's id among the ids of this batch; puts it there if it is the first time. */
  use(code: number): number {
    if (code >= this.#places.length) this.#grow();
    const place = this.#places[code];
    if (place >= this.#firstPlace) return place - this.#firstPlace;
    const added = this.#used.push(this.#dictionary.idOf(code)) - 1;
    this.#places[code] = this.#firstPlace + added;
    return added;
  }

  /** The ids that were used, by place, and begins the next batch. Codes that were given before may no longer hold. */
  takeUsed(): string[] {
    const used = this.#used;
    this.#firstPlace += used.length;
    this.#used = [];
    if (this.#dictionary.count > this.#maxIds) {
      this.#dictionary = new IdDictionary();
      this.#places = new Float64Array(1 << 11);
    }
    return used;
  }

  #grow(): void {
    const places = new Float64Array(2 * this.#places.length);
    places.set(this.#places);
    this.#places = places;
    if (this.#dictionary.count > places.length) this.#grow();
  }
}
