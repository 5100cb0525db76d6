/** `foz up`: everything in one process. */
import { Command } from "commander";
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { startLogging } from "./logging.ts";
import { loadKernel } from "./kernel_builds.ts";
import { openStore } from "./open_store.ts";
import { welcome } from "./serve.ts";
import { addSettings, readSettings } from "./settings.ts";
import { startLearner } from "./start_learner.ts";
import { startServer, trainingJobs } from "./start_server.ts";
import { stopSignal } from "./stop_signal.ts";
import { runTrainingSchedule } from "./training_schedule.ts";

const NAMES = ["store", "host", "port", "keys", "rateLimit", "trainEvery", "logLevel", "json"] as const;

const EXAMPLES = `
Examples:
  foz up
  foz up --train-every 10 --store sqlite:/var/lib/foz/foz.db

What is learned shows in the next answer. Events come by POST /v1/events or by \`foz import\` beside it; the first training starts as soon as there are some, the
next after --train-every minutes when there are new ones. Ctrl-C finishes what is running; a second one stops at once.`;

const logger = getLogger(["foz", "up"]);

/** The command. It runs until a signal. */
export function upCommand(): Command {
  const command = new Command("up").description(
    "everything in one process: HTTP, live learning and scheduled training",
  );
  addSettings(command.addHelpText("after", EXAMPLES), NAMES);
  return command.action(async () => {
    const settings = readSettings(command, NAMES);
    const stopping = new AbortController();
    const stopped = stopSignal().then(() => stopping.abort());
    await startLogging(settings.logLevel);
    const store = await openStore(settings.store, { logThread: "worker" });
    const jobs = trainingJobs(settings.store);
    const { module: kernelModule } = await loadKernel("portable");
    const { store: storeUrl, logLevel } = settings;
    const learner = startLearner({ storeUrl, store, kernelModule, logLevel });
    try {
      const server = await startServer({ ...settings, store, jobs, learner });
      console.log(
        settings.json ? JSON.stringify({ url: server.url }) : welcome(server, settings.keys !== ""),
      );
      const schedule = runTrainingSchedule({
        clock: systemClock,
        eventLog: store.eventLog,
        generations: store.generations,
        jobs,
        everyMinutes: settings.trainEvery,
        onError: (error) => logger.error("a scheduled training did not start: {error}", { error }),
      }, stopping.signal);
      await stopped;
      await Promise.all([schedule, server.stop()]);
    } finally {
      await learner.stop();
      await jobs.close();
      await store.close();
    }
  });
}
