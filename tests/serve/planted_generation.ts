/** Generations whose content is planted, for tests of what serves them. */
import { type AlsParameters, type Feedback, strideOf } from "../../src/domain/factor_model.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";

export interface PlantedOptions {
  readonly generation?: string;
  readonly feedback?: Feedback;
  readonly factorCount?: number;
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  /** Items that each user has seen. */
  readonly seenCount?: number;
  readonly offset?: number;
  readonly logId?: string;
  readonly seed?: number;
}

/** mulberry32 (public domain, Tommy Ettinger): enough for factors that have no ties. */
function randomFrom(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function parametersOf(feedback: Feedback, factorCount: number): AlsParameters {
  return {
    feedback,
    factorCount,
    regularization: 0.1,
    biasRegularization: 5,
    unobservedWeight: 0.5,
    popularityExponent: 0,
    frequencyExponent: 1,
    confidenceScale: 1,
  };
}

/** Rows of the layout of domain/factor_model.ts: factors, then bias and 1 in the places of the side. */
function rowsOf(
  random: () => number,
  count: number,
  feedback: Feedback,
  factorCount: number,
  side: "user" | "item",
) {
  const stride = strideOf(feedback, factorCount);
  const rows = new Float32Array(count * stride);
  for (let r = 0; r < count; r++) {
    for (let f = 0; f < factorCount; f++) {
      rows[r * stride + f] = (random() - 0.5) / Math.sqrt(factorCount) * 4;
    }
    if (feedback === "implicit") continue;
    const bias = random() - 0.5;
    rows[r * stride + factorCount] = side === "user" ? bias : 1;
    rows[r * stride + factorCount + 1] = side === "user" ? 1 : bias;
  }
  return rows;
}

/** Per user `seenCount` distinct items, ascending. */
function seenOf(random: () => number, userCount: number, itemCount: number, seenCount: number) {
  const indptr = new Uint32Array(userCount + 1);
  const all: number[] = [];
  for (let u = 0; u < userCount; u++) {
    const items = new Set<number>();
    while (items.size < Math.min(seenCount, itemCount)) items.add(Math.floor(random() * itemCount));
    all.push(...[...items].sort((a, b) => a - b));
    indptr[u + 1] = all.length;
  }
  return { indptr, indices: Uint32Array.from(all) };
}

/** SHA-256 as `Generation.sha256` is defined. */
export async function factorsSha256(userFactors: Float32Array, itemFactors: Float32Array): Promise<string> {
  const bytes = new Uint8Array(userFactors.byteLength + itemFactors.byteLength);
  bytes.set(new Uint8Array(userFactors.buffer, userFactors.byteOffset, userFactors.byteLength));
  bytes.set(
    new Uint8Array(itemFactors.buffer, itemFactors.byteOffset, itemFactors.byteLength),
    userFactors.byteLength,
  );
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Random factors; everything else consistent with them. The last user has a row of zeros: nothing is known of them. */
export async function plantedGeneration(options: PlantedOptions): Promise<GenerationContent> {
  const { feedback = "explicit", factorCount = 12, userIds, itemIds, seenCount = 3, seed = 1 } = options;
  const random = randomFrom(seed);
  const parameters = parametersOf(feedback, factorCount);
  const stride = strideOf(feedback, factorCount);
  const userFactors = rowsOf(random, userIds.length, feedback, factorCount, "user");
  const itemFactors = rowsOf(random, itemIds.length, feedback, factorCount, "item");
  userFactors.fill(0, (userIds.length - 1) * stride);
  const seen = seenOf(random, userIds.length, itemIds.length, seenCount);
  const itemCounts = new Uint32Array(itemIds.length);
  for (const item of seen.indices) itemCounts[item]++;
  const [globalMean, minRating, maxRating] = feedback === "explicit" ? [3.5, 1, 5] : [0, 0, 0];
  return {
    generation: {
      generation: options.generation ?? "g000001",
      createdAtMs: 1_700_000_000_000,
      offset: options.offset ?? 0,
      logId: options.logId ?? "0".repeat(32),
      parameters,
      epochCount: 1,
      seed,
      kernel: { build: "portable", sha256: "0".repeat(64) },
      userCount: userIds.length,
      itemCount: itemIds.length,
      interactionCount: seen.indices.length,
      globalMean,
      minRating,
      maxRating,
      metrics: { rmse: 0.9 },
      baseline: { rmse: 1 },
      epochs: [],
      sha256: await factorsSha256(userFactors, itemFactors),
    },
    model: {
      parameters,
      stride,
      userCount: userIds.length,
      itemCount: itemIds.length,
      userFactors,
      itemFactors,
      globalMean,
      minRating,
      maxRating,
      itemWeights: feedback === "implicit" ? new Float32Array(itemIds.length).fill(1) : new Float32Array(0),
    },
    userIds,
    itemIds,
    seen,
    itemCounts,
  };
}
