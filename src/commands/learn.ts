/** `foz learn`: live learning as a process of its own. */
import { Command, InvalidArgumentError } from "commander";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { BadInput } from "../domain/failure.ts";
import type { CheckpointPolicyOptions } from "../stream/checkpoint_policy.ts";
import { lead } from "../stream/lead.ts";
import { LearnerRun } from "../stream/learner_run.ts";
import type { LearnerMethod } from "../stream/live_model.ts";
import { Wake } from "../stream/wake.ts";
import { loadKernel } from "./kernel_builds.ts";
import { figuresTeller, holderName, leadLearning, tellLearner, tellRole } from "./lead_learning.ts";
import { finishErasuresOf } from "./erasures.ts";
import { LEARNER_LEASE } from "./learner_lease.ts";
import { methodOf } from "./learner_method.ts";
import { startLogging } from "./logging.ts";
import { openStore, type Store, withoutPassword } from "./open_store.ts";
import { addSettings, readSettings } from "./settings.ts";
import { stopSignal } from "./stop_signal.ts";

const SETTINGS = ["store", "learner", "logLevel", "json"] as const;

const EXAMPLES = `
Examples:
  foz learn                  beside \`foz serve\` over the same store
  foz learn --once --json    learns what the log holds, writes a checkpoint, prints what it came to

One process learns; others that are started stand by and take over when it ends. Ctrl-C writes a last checkpoint.`;

interface LearnFlags {
  readonly once?: boolean;
  readonly readBatch: number;
}

/** What `--once` prints with --json. */
export interface LearnedOnce {
  readonly generation: string;
  readonly appliedOffset: number;
  /** Of userFactors, then itemFactors, as they now are. */
  readonly sha256: string;
}

/** The command. It runs until a signal, or with --once until the log's end. */
export function learnCommand(): Command {
  const command = new Command("learn").description("live learning as a process of its own")
    .option("--once", "learn what the log holds, and end")
    .option(
      "--read-batch <events>",
      "events read at once; what is learned does not depend on it",
      wholeNumber,
      256,
    )
    .addHelpText("after", EXAMPLES);
  addSettings(command, SETTINGS);
  return command.action(async ({ once = false, readBatch }: LearnFlags) => {
    const settings = readSettings(command, SETTINGS), stopping = new AbortController();
    const method = methodOf(settings.learner);
    const stopped = stopSignal().then(() => stopping.abort());
    await startLogging(settings.logLevel);
    const store = await openStore(settings.store, { survives: "process" });
    const { module: kernelModule } = await loadKernel("portable");
    try {
      if (once) {
        const learned = await learnOnce(
          { store, kernelModule, batchCount: readBatch, method },
          stopping.signal,
        );
        console.log(settings.json ? JSON.stringify(learned) : sentence(learned));
        return;
      }
      const wake = new Wake(systemClock), nobody = () => {};
      console.log(
        settings.json
          ? JSON.stringify({ learning: withoutPassword(settings.store) })
          : "Learning. Ctrl-C stops.",
      );
      const options = {
        ...{ store, kernelModule, batchCount: readBatch, method, wake },
        ...{ onBatch: nobody, onRole: nobody, onFigures: figuresTeller() },
      };
      await leadLearning(options, stopping.signal);
      await stopped;
    } finally {
      await store.close();
    }
  });
}

export interface LearnOnceOptions {
  readonly store: Store;
  readonly kernelModule: WebAssembly.Module;
  readonly batchCount: number;
  readonly method?: LearnerMethod;
  readonly checkpointing?: CheckpointPolicyOptions;
}

/** Waits for the lease if another process learns. Throws BadInput when there is nothing to learn from. */
export async function learnOnce(options: LearnOnceOptions, signal: AbortSignal): Promise<LearnedOnce> {
  const { store } = options;
  const content = await activeContent(store);
  const leading = { leases: store.leases, clock: systemClock, name: LEARNER_LEASE, holder: holderName() };
  let learned: LearnedOnce | undefined;
  await lead({ ...leading, onNote: tellRole }, signal, async (fence, term) => {
    await finishErasuresOf(store);
    const learnerOptions = {
      ...store,
      ...options,
      fence,
      clock: systemClock,
      wake: new Wake(systemClock),
      onBatch: () => {},
      onNote: tellLearner,
    };
    const run = await LearnerRun.begin(learnerOptions, content, term);
    await run.writeCheckpoint();
    await run.settled();
    learned = { generation: run.generation, appliedOffset: run.appliedOffset, sha256: await run.sha256() };
  });
  if (learned === undefined) throw new BadInput("learning what the log holds was stopped before its end");
  return learned;
}

async function activeContent({ generations, eventLog }: Store) {
  const active = await generations.active();
  if (active === undefined) throw new BadInput("learning: no generation is active; `foz train` makes one");
  const content = await generations.load(active.generation);
  if (content.generation.logId === eventLog.logId) return content;
  throw new BadInput(
    `learning: ${active.generation} was not trained on this store's log; accepted is one that \`foz train\` made without --from`,
  );
}

function sentence({ generation, appliedOffset, sha256 }: LearnedOnce): string {
  return `${generation} knows the log below ${appliedOffset}; SHA-256 of its factors ${sha256}`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1e6) return value;
  throw new InvalidArgumentError("accepted is a whole number from 1 to 1000000");
}
