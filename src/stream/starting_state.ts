/** What a generation's learner begins with. */
import type { GenerationContent } from "../domain/generation.ts";
import { OutsideFailure } from "../domain/failure.ts";
import { decodeState } from "../domain/state_tree.ts";
import { instantiateKernels } from "../kernels/kernel_module.ts";
import { readHistory } from "./histories.ts";
import { Learner } from "./learner.ts";
import type { LearnerOptions } from "./learner_run.ts";
import { decodeLearnerState } from "./learner_state.ts";
import { Progress } from "./progress.ts";

/** Every fourth event is measured: ranking all items for it takes about as long as learning it. */
const PROGRESS = { every: 4, windowCount: 5000 };

export interface StartingState {
  readonly learner: Learner;
  readonly progress: Progress;
  /** Whether it is what a checkpoint holds. */
  readonly isRestored: boolean;
}

type StartingOptions = Pick<
  LearnerOptions,
  "checkpoints" | "eventLog" | "kernelModule" | "method" | "onNote"
>;

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
      const saved = decodeLearnerState(checkpoint.state), progress = new Progress(PROGRESS);
      const learner = Learner.restore(instantiateKernels(kernelModule), content, saved, method);
      if (saved.beside !== undefined) progress.load(decodeState(saved.beside));
      return { learner, progress, isRestored: true };
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
  };
}
