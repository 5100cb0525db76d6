/** The batch path, top to bottom: log → matrix → fit → measure → lists → publish → activate. */
import { withoutUser } from "../domain/forget_user.ts";
import type { GenerationContent } from "../domain/generation.ts";
import type { CheckpointStore } from "../ports/checkpoint_store.ts";
import type { GenerationStore } from "../ports/generation_store.ts";
import type { RecommendationStore } from "../ports/recommendation_store.ts";
import type { UpdateFeed } from "../ports/update_feed.ts";
import type { EventLog } from "../ports/event_log.ts";
import { assembleGeneration } from "./assemble_generation.ts";
import { type Compute, fitModel, type Fitted } from "./fit_model.ts";
import { type FitPlan, type FitSettings, planFit } from "./fit_parameters.ts";
import { buildUserRows } from "./build_matrix.ts";
import { type HoldoutReport, measureHoldout, type SplitBy } from "./measure_holdout.ts";
import { assertWorthPublishing } from "./publishing_rules.ts";
import type { TrainingReport } from "./training_report.ts";
import type { TrainingSource } from "./training_source.ts";
import { storeLists } from "./store_lists.ts";

/** Where a generation goes. */
export interface GenerationTargets {
  readonly eventLog: EventLog;
  readonly generations: GenerationStore;
  readonly recommendations: RecommendationStore;
  readonly updates: UpdateFeed;
  /** The learner's states of generations that are deleted go with them. */
  readonly checkpoints: CheckpointStore;
}

export interface GenerationOptions {
  readonly fit: FitSettings;
  readonly seed: number;
  readonly kernel: GenerationContent["generation"]["kernel"];
  /** Share of the interactions to measure on; 0 measures nothing. */
  readonly holdout: number;
  readonly splitBy: SplitBy;
  /** Items stored for each user; 0 stores no lists. */
  readonly listLength: number;
  readonly activate: boolean;
  /** Publish even what is worse than the baseline. */
  readonly force: boolean;
  /** Older generations that are kept besides the active one. */
  readonly keep: number;
}

/** Milliseconds of each phase. */
export interface Phases {
  readonly readMs: number;
  readonly measureMs: number;
  readonly fitMs: number;
  readonly topMs: number;
  readonly storeMs: number;
}

export interface GenerationResult {
  readonly content: GenerationContent;
  readonly plan: FitPlan;
  readonly measured?: HoldoutReport;
  readonly phases: Phases;
  readonly isActive: boolean;
}

/**
 * Makes one generation from all that `source` holds. Throws BadInput where there is nothing to fit or the result is worse
 * than the baseline, NumericFailure where the arithmetic failed; what was active stays active then.
 */
export async function runGeneration(
  source: TrainingSource,
  targets: GenerationTargets,
  compute: Compute,
  options: GenerationOptions,
  report: TrainingReport,
): Promise<GenerationResult> {
  const watch = stopwatch(compute);
  const read = await source.read(report);
  const plan = planFit(read.interactions, options.fit);
  const id = await targets.generations.reserve();
  report({ phase: "read", progress: 0.1, interactions: read.interactions.count, plan });
  await recordStart(targets, compute, id, read.offset, plan, options);
  const readMs = watch();

  const measured = options.holdout > 0
    ? await measureHoldout(compute, read.interactions, plan, options, report)
    : undefined;
  if (!options.force) assertWorthPublishing(measured);
  const measureMs = watch();

  const fitted = await fitEverything(compute, read, plan, options, measured, report);
  const fitMs = watch();

  const assembled = await assembleGeneration({
    id,
    read,
    plan,
    fitted,
    measured,
    options,
    clock: compute.clock,
  });
  const content = await withoutErased(targets.eventLog, assembled);
  const topMs = await storeLists(content, targets.recommendations, compute, options.listLength, report);
  await targets.generations.publish(content);
  const isActive = options.activate && await activate(targets, compute, content);
  await collectOld(targets, options.keep);
  report({ phase: "done", progress: 1 });
  const phases = { readMs, measureMs, fitMs, topMs, storeMs: watch() - topMs };
  return { content, plan, measured, phases, isActive };
}

/** Each call gives the milliseconds since the last. */
function stopwatch({ clock }: Compute): () => number {
  let lastMs = clock.monotonicMs();
  return () => {
    const nowMs = clock.monotonicMs(), ms = nowMs - lastMs;
    lastMs = nowMs;
    return ms;
  };
}

/** So that a replay knows what was trained when, without a clock (DESIGN.md, "Control records"). */
async function recordStart(
  targets: GenerationTargets,
  compute: Compute,
  generation: string,
  untilOffset: number,
  { parameters }: FitPlan,
  { seed }: GenerationOptions,
): Promise<void> {
  const record = {
    kind: "trainingStarted",
    generation,
    untilOffset,
    seed,
    parameters: { ...parameters },
  } as const;
  await targets.eventLog.appendControl(record, compute.clock.nowMs());
}

/** The fit that is published: on all interactions, for as many epochs as the holdout found best. */
function fitEverything(
  compute: Compute,
  read: { interactions?: Parameters<typeof buildUserRows>[0] },
  plan: FitPlan,
  options: GenerationOptions,
  measured: HoldoutReport | undefined,
  report: TrainingReport,
): Promise<Fitted> {
  const epochCount = measured?.bestEpoch ?? plan.epochCount;
  const buildRows = () => {
    const rows = buildUserRows(read.interactions!, plan.parameters.feedback);
    read.interactions = undefined; // the matrix replaces them: no third copy while the epochs run
    return rows;
  };
  return fitModel(compute, buildRows, {
    parameters: plan.parameters,
    epochCount,
    seed: options.seed,
    onEpoch: async (record) => {
      report({ phase: "fit", progress: 0.5 + 0.4 * record.epoch / epochCount, epoch: record, epochCount });
      return {};
    },
  });
}

/** Who was erased while the fit ran is not published. Who is erased from here on is taken out of what is published. */
async function withoutErased(log: EventLog, content: GenerationContent): Promise<GenerationContent> {
  const { offset, logId, userCount } = content.generation;
  if (logId !== log.logId) return content;
  const late = await log.readControls({ fromOffset: offset });
  return late.reduce((left, { record }) => {
    return record.kind === "userErased" && record.userCode < userCount
      ? withoutUser(left, record.userCode)
      : left;
  }, content);
}

/**
 * The control record, then the swap, then the word to those who serve: as serve/activate_generation.ts says, also why no
 * fence is needed. False, and nothing is done: a training that began later has ended before, and its generation, which
 * knows more of this log, answers.
 */
async function activate(
  { generations, eventLog, updates }: GenerationTargets,
  compute: Compute,
  { generation: { generation, offset, logId } }: GenerationContent,
): Promise<boolean> {
  const active = await generations.active();
  const answering = (await generations.list()).find((one) => one.generation === active?.generation);
  if (logId === eventLog.logId && answering?.logId === logId && answering.offset > offset) return false;
  const timeMs = compute.clock.nowMs();
  await eventLog.appendControl({ kind: "generationActivated", generation }, timeMs);
  const { appliedOffset } = await generations.activate(generation, offset, timeMs);
  await updates.publish({ kind: "generationActivated", generation, appliedOffset });
  return true;
}

async function collectOld(targets: GenerationTargets, keep: number): Promise<void> {
  for (const generation of await targets.generations.collect(keep)) {
    await targets.recommendations.remove(generation);
    await targets.checkpoints.remove(generation);
  }
}
