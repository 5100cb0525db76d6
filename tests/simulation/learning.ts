/** A learner's process: holds the lease, folds the log over the active generation, writes checkpoints, dies and comes back. */
import assert from "node:assert/strict";
import { OutsideFailure } from "../../src/domain/failure.ts";
import type { FactorModel } from "../../src/domain/factor_model.ts";
import type { GenerationContent } from "../../src/domain/generation.ts";
import type { ModelUpdate, RowBatch } from "../../src/domain/model_update.ts";
import { instantiateKernels } from "../../src/kernels/kernel_module.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { EventLog } from "../../src/ports/event_log.ts";
import type { Fence } from "../../src/ports/lease.ts";
import { readHistory, savedHistory } from "../../src/stream/histories.ts";
import { lead, type LeadNote } from "../../src/stream/lead.ts";
import { Learner } from "../../src/stream/learner.ts";
import type { LearnerRun } from "../../src/stream/learner_run.ts";
import { finishErasures } from "../../src/stream/erase_user.ts";
import { LogFold } from "../../src/stream/log_fold.ts";
import { LiveLearning } from "../../src/stream/run_learner.ts";
import { Wake } from "../../src/stream/wake.ts";
import type { Ports } from "./disk.ts";

const CHECKPOINTS = { recordCount: 60, intervalMs: 30_000, keep: 2, historyCount: 100 };

/**
 * The learner that a log and a generation alone make, the log read `batchCount` events at a time. `base`: the state that an
 * erasure left, from which the log goes on.
 */
export async function undisturbedLearner(
  kernelModule: WebAssembly.Module,
  log: EventLog,
  content: GenerationContent,
  untilOffset: number,
  batchCount: number,
  base?: Uint8Array,
): Promise<Learner> {
  const own = instantiateKernels(kernelModule), history = await readHistory(log, content);
  const learner = base === undefined
    ? Learner.fromGeneration(own, content, history)
    : Learner.restore(own, content, base, { offset: content.generation.offset, ...savedHistory(history) });
  const fold = new LogFold(log, learner, content);
  for await (const _ of fold.learn(untilOffset, batchCount));
  return learner;
}

/** As `foz learn`: leads or stands by, and learns while it leads. */
export class LearnerProcess {
  /** Of its present or last term. */
  fence: Fence | undefined;
  #live: LiveLearning | undefined;
  /** What those who hear of every change have. */
  #rows: FactorRows | undefined;
  readonly roles: string[] = [];
  failure: unknown;

  constructor(kernelModule: WebAssembly.Module, ports: Ports, clock: Clock, batchCount: number) {
    const onNote = ({ what }: LeadNote) => void this.roles.push(what);
    const leading = { leases: ports.leases, clock, name: "learner", holder: "simulated", onNote };
    lead(leading, new AbortController().signal, async (fence, signal) => {
      this.fence = fence;
      await finishErasures({ ...ports, isLearning: () => Promise.resolve(true) }).catch((error) => {
        if (!(error instanceof OutsideFailure)) throw error;
      });
      this.#live = new LiveLearning({
        ...ports,
        clock,
        kernelModule,
        wake: new Wake(clock),
        batchCount,
        checkpointing: CHECKPOINTS,
        onBatch: (batch) => this.#hear(batch),
        onNote: () => {},
      });
      return this.#live.run(signal);
    }).catch((error) => void (this.failure = error));
  }

  get current(): LearnerRun | undefined {
    return this.#live?.current;
  }

  get rows(): FactorRows | undefined {
    return this.#rows;
  }

  #hear(batch: RowBatch): void {
    const { generation } = batch.at(-1)!;
    if (this.#rows?.generation !== generation) this.#rows = new FactorRows(generation);
    for (const update of batch) this.#rows.apply(update);
  }
}

/** Rows as somebody has them who heard of all of them once and then of changes. */
export class FactorRows {
  readonly generation: string;
  readonly #sides = { user: new Map<number, Float32Array>(), item: new Map<number, Float32Array>() };

  constructor(generation: string) {
    this.generation = generation;
  }

  apply(update: ModelUpdate): void {
    if (update.kind !== "rowsChanged") return;
    const { side, indexes, rows } = update, stride = rows.length / indexes.length;
    indexes.forEach((index, i) => this.#sides[side].set(index, rows.slice(i * stride, (i + 1) * stride)));
  }

  /** Of somebody who was erased before anything of theirs was learned nobody is told: the row is zeros. */
  #filled(side: "user" | "item", stride: number): Map<number, Float32Array> {
    const rows = this.#sides[side], count = Math.max(-1, ...rows.keys()) + 1;
    return new Map(
      Array.from({ length: count }, (_, row) => [row, rows.get(row) ?? new Float32Array(stride)]),
    );
  }

  /** Asserts that it has the model's rows, to the bit. */
  assertEqual({ stride, userFactors, itemFactors }: FactorModel): void {
    assert.deepEqual(this.#filled("user", stride), rowsOf(userFactors, stride));
    assert.deepEqual(this.#filled("item", stride), rowsOf(itemFactors, stride));
  }
}

function rowsOf(factors: Float32Array, stride: number): Map<number, Float32Array> {
  const count = factors.length / stride;
  return new Map(
    Array.from({ length: count }, (_, row) => [row, factors.slice(row * stride, (row + 1) * stride)]),
  );
}
