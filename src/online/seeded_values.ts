/**
 * Random numbers that belong to a name: the same seed and name always give the same, whatever was drawn before. So a
 * model needs no generator in its checkpoint, and what a new user starts from does not depend on who came first.
 */
import { hash128 } from "../domain/event_key.ts";

const encoder = new TextEncoder();
const block = new Uint8Array(20);
const blockWords = new DataView(block.buffer);
const words = new Uint32Array(4);

/** Fills `out` with normal numbers of mean 0 and this standard deviation (Box and Muller, from a hash in counter mode). */
export function fillNormal(seed: number, name: string, deviation: number, out: Float64Array): void {
  const bytes = encoder.encode(name);
  hash128(bytes, 0, bytes.length, words, 0, seed | 0);
  for (let i = 0; i < 4; i++) blockWords.setUint32(4 * i, words[i], true);
  for (let j = 0; j < out.length; j += 4) {
    blockWords.setUint32(16, j, true);
    hash128(block, 0, block.length, words, 0, seed | 0);
    for (let pair = 0; pair < 2; pair++) {
      // (word + 1/2)/2³² lies strictly between 0 and 1.
      const radius = Math.sqrt(-2 * Math.log((words[2 * pair] + 0.5) / 2 ** 32));
      const angle = 2 * Math.PI * words[2 * pair + 1] / 2 ** 32;
      const at = j + 2 * pair;
      if (at < out.length) out[at] = deviation * radius * Math.cos(angle);
      if (at + 1 < out.length) out[at + 1] = deviation * radius * Math.sin(angle);
    }
  }
}
