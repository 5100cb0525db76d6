/** The hash that names the factors of a model, wherever they are kept. */
import type { FactorModel } from "./factor_model.ts";

/** SHA-256 over the bytes of userFactors, then itemFactors (little-endian), as hex. */
export async function hashOfFactors(
  { userFactors, itemFactors }: Pick<FactorModel, "userFactors" | "itemFactors">,
): Promise<string> {
  const factors = new Float32Array(userFactors.length + itemFactors.length);
  factors.set(userFactors);
  factors.set(itemFactors, userFactors.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", factors));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
