/** A small generation whose every number is known, for tests of stores. */
import { createHash } from "node:crypto";
import type { GenerationContent } from "../../src/domain/generation.ts";

/** 5 users, 4 items, 2 factors, explicit; `salt` changes the factors. */
export function plantedContent(generation: string, salt = 0): GenerationContent {
  const userCount = 5, itemCount = 4, stride = 8;
  const userFactors = Float32Array.from({ length: userCount * stride }, (_, i) => salt + i / 7);
  const itemFactors = Float32Array.from({ length: itemCount * stride }, (_, i) => salt - i / 3);
  const parameters = {
    feedback: "explicit" as const,
    factorCount: 2,
    regularization: 0.08,
    biasRegularization: 5,
    unobservedWeight: 0,
    popularityExponent: 0,
    frequencyExponent: 1,
    confidenceScale: 1,
  };
  const shared = { globalMean: 3.58, minRating: 0.5, maxRating: 5 };
  const sha256 = createHash("sha256").update(new Uint8Array(userFactors.buffer))
    .update(new Uint8Array(itemFactors.buffer)).digest("hex");
  return {
    generation: {
      generation,
      createdAtMs: 1_700_000_000_000,
      offset: 12,
      logId: "0123456789abcdef0123456789abcdef",
      parameters,
      epochCount: 2,
      seed: 7,
      kernel: { build: "portable", sha256: "ab".repeat(32) },
      userCount,
      itemCount,
      interactionCount: 7,
      ...shared,
      metrics: { rmse: 0.91 },
      baseline: { rmse: 1.1 },
      epochs: [{ epoch: 1, ms: 3, loss: 0.9 }, { epoch: 2, ms: 2.5, loss: 0.8, metrics: { rmse: 0.91 } }],
      sha256,
    },
    model: {
      parameters,
      stride,
      userCount,
      itemCount,
      ...shared,
      userFactors,
      itemFactors,
      itemWeights: new Float32Array(),
    },
    userIds: ["u1", "ü", "😀", "a b/c", "\0"],
    itemIds: ["i1", "'quoted\"", "i3", "日本"],
    seen: { indptr: Uint32Array.of(0, 2, 3, 3, 6, 7), indices: Uint32Array.of(0, 2, 1, 0, 1, 3, 2) },
    itemCounts: Uint32Array.of(2, 2, 2, 1),
  };
}
