/** Any number of features in a fixed number of slots. */
import { hash128 } from "../../domain/event_key.ts";
import type { StateTree } from "../../domain/state_tree.ts";
import { FeatureIndex } from "../feature_index.ts";
import type { FeatureVector } from "../feature_vector.ts";
import type { Transformer } from "../transformer.ts";

const encoder = new TextEncoder();
const words = new Uint32Array(4);

/**
 * The hashing trick (Weinberger et al. 2009): a number goes to the bucket of its name, a text as 1 to the bucket of
 * "name=text", each with a sign from the hash, so that what falls together tends to cancel. Buckets add up.
 */
export class FeatureHasher implements Transformer {
  readonly output = new FeatureIndex();
  readonly encodesTexts = true;
  readonly #input: FeatureIndex;
  readonly #buckets: number;
  readonly #seed: number;

  constructor(input: FeatureIndex, buckets: number, seed: number) {
    this.#input = input;
    this.#buckets = buckets;
    this.#seed = seed;
  }

  learn(x: FeatureVector): void {
    for (let k = 0; k < x.count; k++) {
      this.#hash(x, k);
      this.output.add(this.#bucketName());
    }
  }

  transform(x: FeatureVector, out: FeatureVector): void {
    out.clear();
    for (let k = 0; k < x.count; k++) {
      this.#hash(x, k);
      const slot = this.output.find(this.#bucketName());
      if (slot < 0) continue;
      const value = (x.textAt(k) === undefined ? x.values[k] : 1) * (words[1] & 1 ? -1 : 1);
      const at = out.slots.subarray(0, out.count).indexOf(slot);
      if (at < 0) out.addNumber(slot, value);
      else out.values[at] += value;
    }
  }

  save(): StateTree {
    return this.output.save();
  }

  load(state: StateTree): void {
    this.output.load(state as readonly string[]);
  }

  #hash(x: FeatureVector, k: number): void {
    const name = this.#input.names[x.slots[k]], text = x.textAt(k);
    const bytes = encoder.encode(text === undefined ? name : `${name}=${text}`);
    hash128(bytes, 0, bytes.length, words, 0, this.#seed | 0);
  }

  #bucketName(): string {
    return `#${words[0] % this.#buckets}`;
  }
}
