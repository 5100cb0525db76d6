/** What a generation's learner begins with. */
import type { GenerationContent } from "../domain/generation.ts";
import { OutsideFailure } from "../domain/failure.ts";
import { decodeState } from "../domain/state_tree.ts";
import { instantiateKernels } from "../kernels/kernel_module.ts";
import { readHistory, savedHistory } from "./histories.ts";
import { Learner } from "./learner.ts";
import type { LearnerOptions } from "./learner_run.ts";
import { decodeLearnerState, type LearnerState } from "./learner_state.ts";
import { LogFold } from "./log_fold.ts";
import { Progress } from "./progress.ts";
import { decodeHistories, type SavedHistories } from "./saved_histories.ts";

/** Every fourth event is measured: ranking all items for it takes about as long as learning it. */
const PROGRESS = { every: 4, windowCount: 5000 };

export interface StartingState {
  readonly learner: Learner;
  readonly progress: Progress;
  /** Whether it is what a checkpoint holds. */
  readonly isRestored: boolean;
  /** Of the copy of histories that there is; 0 if there is none. */
  readonly historiesOffset: number;
}

type StartingOptions = Pick<
  LearnerOptions,
  "checkpoints" | "eventLog" | "kernelModule" | "method" | "onNote"
>;

/** Events that are read at once where they only go into histories. */
const RECALL_COUNT = 8192;

/** From the newest checkpoint that is whole; else from the generation and what it was trained on. */
export async function startingState(
  options: StartingOptions,
  content: GenerationContent,
): Promise<StartingState> {
  const { checkpoints, eventLog, kernelModule, method, onNote } = options,
    { generation } = content.generation;
  const checkpoint = await checkpoints.latest(generation);
  if (checkpoint !== undefined) {
    try {
      const copy = await copiedHistories(options, generation);
      const saved = decodeLearnerState(checkpoint.state), progress = new Progress(PROGRESS);
      const learner = await restored(options, content, saved, copy);
      if (saved.beside !== undefined) progress.load(decodeState(saved.beside));
      return { learner, progress, isRestored: true, historiesOffset: copy?.offset ?? 0 };
    } catch (error) {
      if (!(error instanceof OutsideFailure)) throw error;
      onNote({
        what: "a checkpoint cannot be used; the learner starts from the generation",
        generation,
        error,
      });
    }
  }
  const kernels = instantiateKernels(kernelModule), history = await readHistory(eventLog, content);
  return {
    learner: Learner.fromGeneration(kernels, content, history, method),
    progress: new Progress(PROGRESS),
    isRestored: false,
    historiesOffset: 0,
  };
}

/** Undefined where there is none that can be used: the log has all that it would hold. */
async function copiedHistories(
  { checkpoints, onNote }: StartingOptions,
  generation: string,
): Promise<SavedHistories | undefined> {
  const copy = await checkpoints.latest(generation, "histories");
  try {
    return copy && decodeHistories(copy.state);
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
    onNote({ what: "a copy of histories cannot be used; they are read from the log", generation, error });
    return undefined;
  }
}

/** The saved rows over their histories: a copy's or the generation's, and what the log holds from there on. */
async function restored(
  { eventLog, kernelModule, method }: StartingOptions,
  content: GenerationContent,
  saved: LearnerState,
  copy: SavedHistories | undefined,
): Promise<Learner> {
  const { offset } = content.generation;
  const histories = copy !== undefined && copy.offset <= saved.appliedOffset
    ? copy
    : { offset, ...savedHistory(await readHistory(eventLog, content)) };
  const learner = Learner.restore(instantiateKernels(kernelModule), content, saved, histories, method);
  const fold = new LogFold(eventLog, learner, content);
  for await (const _ of fold.learn(saved.appliedOffset, RECALL_COUNT));
  const since = await eventLog.readControls({ fromOffset: saved.appliedOffset });
  if (since.some(({ record }) => record.kind === "userErased")) learner.sumGrams();
  return learner;
}
