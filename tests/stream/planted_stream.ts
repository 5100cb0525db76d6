/** A planted log with a generation trained on its beginning, for tests of the live learner. */
import { copyMatrix, transposeInto } from "../../src/batch/build_matrix.ts";
import { loadKernel } from "../../src/commands/kernel_builds.ts";
import type { LoggedEventColumns } from "../../src/domain/event.ts";
import type { AlsParameters, Feedback } from "../../src/domain/factor_model.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import { AlsFit } from "../../src/kernels/als_fit.ts";
import { InlinePool } from "../kernels/inline_pool.ts";
import { instantiateKernels, type Kernels } from "../../src/kernels/kernel_module.ts";
import { buildHistory, type GenerationHistory } from "../../src/stream/histories.ts";
import { Learner } from "../../src/stream/learner.ts";
import type { LearnerMethod } from "../../src/stream/live_model.ts";
import { encodeHistories } from "../../src/stream/saved_histories.ts";
import { plantWorld } from "../../src/synthesize/planted_world.ts";

const { module: portable } = await loadKernel("portable");

/** The build that learns, over a memory of its own. */
export function learnerKernels(): Kernels {
  return instantiateKernels(portable);
}

/** Columns as somebody else's log would give them; offsets are positions. */
export interface Columns {
  readonly users: ArrayLike<number>;
  readonly items: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly timesMs: ArrayLike<number>;
}

/** The log of these events: codes by first appearance. */
export function logOf({ users, items, values, timesMs }: Columns): LoggedEventColumns {
  const codes = (ids: ArrayLike<number>) => {
    const known = new Map<number, number>();
    return Uint32Array.from(ids, (id) => {
      if (!known.has(id)) known.set(id, known.size);
      return known.get(id)!;
    });
  };
  const count = users.length;
  return {
    count,
    users: codes(users),
    items: codes(items),
    values: Float64Array.from(values),
    timesMs: Float64Array.from(timesMs),
    offsets: Float64Array.from({ length: count }, (_, offset) => offset),
  };
}

/** Rows [from, until) of a log. */
export function part(log: LoggedEventColumns, from: number, until: number): LoggedEventColumns {
  return {
    count: until - from,
    users: log.users.slice(from, until),
    items: log.items.slice(from, until),
    values: log.values.slice(from, until),
    timesMs: log.timesMs.slice(from, until),
    offsets: log.offsets.slice(from, until),
  };
}

export interface Stream {
  readonly log: LoggedEventColumns;
  readonly content: GenerationContent;
  readonly history: GenerationHistory;
}

/** Trains a generation on the events below `offset`. */
export async function trainOn(
  log: LoggedEventColumns,
  offset: number,
  parameters: AlsParameters,
  epochCount: number,
): Promise<Stream> {
  const known = part(log, 0, offset);
  const rowCountOf = (codes: Uint32Array) => codes.reduce((most, code) => Math.max(most, code), -1) + 1;
  const userCount = rowCountOf(known.users), itemCount = rowCountOf(known.items);
  const history = buildHistory([known], parameters.feedback, userCount, itemCount), { rows } = history;
  const kernels = learnerKernels();
  const fit = AlsFit.create(new InlinePool(kernels), kernels, {
    parameters,
    userCount,
    itemCount,
    interactionCount: rows.indices.length,
    seed: 1,
  });
  copyMatrix(rows, fit.byUser);
  transposeInto(rows, fit.byItem);
  await fit.prepare();
  for (let epoch = 0; epoch < epochCount; epoch++) await fit.epoch();
  return { log, history, content: contentOf(fit, rows, offset) };
}

function contentOf(fit: AlsFit, rows: GenerationHistory["rows"], offset: number): GenerationContent {
  const model = fit.model(), { userCount, itemCount } = model;
  const itemCounts = new Uint32Array(itemCount);
  rows.indices.forEach((item) => itemCounts[item]++);
  return {
    model,
    seen: { indptr: rows.indptr, indices: rows.indices },
    itemCounts,
    userIds: Array.from({ length: userCount }, (_, user) => `u${user}`),
    itemIds: Array.from({ length: itemCount }, (_, item) => `i${item}`),
    generation: {
      generation: "g000001",
      createdAtMs: 0,
      offset,
      logId: "0".repeat(32),
      parameters: model.parameters,
      epochCount: 1,
      seed: 1,
      kernel: { build: "portable", sha256: "" },
      userCount,
      itemCount,
      interactionCount: rows.indices.length,
      globalMean: model.globalMean,
      minRating: model.minRating,
      maxRating: model.maxRating,
      metrics: {},
      baseline: {},
      epochs: [],
      sha256: "0".repeat(64),
    },
  };
}

export function parametersOf(
  feedback: Feedback,
  factorCount: number,
  more: Partial<AlsParameters> = {},
): AlsParameters {
  return {
    feedback,
    factorCount,
    regularization: feedback === "explicit" ? 0.1 : 0.01,
    biasRegularization: 5,
    unobservedWeight: 0.3,
    popularityExponent: 0.3,
    frequencyExponent: 1,
    confidenceScale: 1,
    ...more,
  };
}

export interface StreamOptions {
  readonly userCount: number;
  readonly itemCount: number;
  readonly eventCount: number;
  /** Events before the generation. */
  readonly offset: number;
  readonly factorCount: number;
}

/** A planted world's events; every tenth repeats the one 37 before it with another value, every twentieth comes late. */
export async function plantedStream(feedback: Feedback, options: StreamOptions): Promise<Stream> {
  const { userCount, itemCount, eventCount, offset, factorCount } = options;
  const { events } = plantWorld({ feedback, userCount, itemCount, eventCount, tasteCount: 4 });
  const { users, items, values, timesMs } = events;
  for (let k = 40; k < eventCount; k += 10) {
    users[k] = users[k - 37], items[k] = items[k - 37];
    values[k] = feedback === "explicit" ? 1 + k % 5 : 1 + k % 3;
    if (k % 20 === 0) timesMs[k] = timesMs[k - 37] - 1;
  }
  return await trainOn(logOf(events), offset, parametersOf(feedback, factorCount), 5);
}

/** All that a learner holds, as bytes. */
export function bytesOf(learner: Learner): Uint8Array[] {
  return [learner.state(), encodeHistories(learner.histories())];
}

/** Another one that goes on from where this one is. */
export function restored(
  learner: Learner,
  { content }: Pick<Stream, "content">,
  method?: LearnerMethod,
): Learner {
  return Learner.restore(learnerKernels(), content, learner.state(), learner.histories(), method);
}

export function learnerOf({ content, history }: Stream, method?: LearnerMethod): Learner {
  return Learner.fromGeneration(learnerKernels(), content, history, method);
}
