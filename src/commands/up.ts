/** `foz up`: everything in one process. */
import { Command } from "commander";
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../adapters/deno/system_clock.ts";
import { methodOf } from "./learner_method.ts";
import { ModelAnswerer } from "../bridge/model_answerer.ts";
import { startLogging } from "./logging.ts";
import { loadKernel } from "./kernel_builds.ts";
import { openStore } from "./open_store.ts";
import { openTopics } from "./open_topics.ts";
import { addSettings, readSettings } from "./settings.ts";
import { BRIDGE_SETTINGS, loggedState, startBridge } from "./start_bridge.ts";
import { loadLearner, startLearner } from "./start_learner.ts";
import { stopSignal } from "./stop_signal.ts";
import { parseTriggers, runTrainingSchedule } from "./training_schedule.ts";

const NAMES = [
  ...["store", "host", "port", "keys", "rateLimit", "trainEvery", "trainOn", "learner"] as const,
  ...["logLevel", "json"] as const,
  ...BRIDGE_SETTINGS,
] as const;

const EXAMPLES = `
Examples:
  foz up
  foz up --train-every 10 --store sqlite:/var/lib/foz/foz.db
  foz up --kafka kafka://127.0.0.1:9092         with a bridge: \`foz bridge --help\` says what it does

What is learned shows in the next answer. Events come by POST /v1/events or by \`foz import\` beside it; the first training starts as soon as there are some, the
next after --train-every minutes when there are new ones, or when --train-on says so (events:10000, drift). Ctrl-C finishes what is running; a second one stops at once.`;

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
    // Its program is loaded while the store opens.
    const thread = loadLearner(settings.store);
    const store = await openStore(settings.store, { logThread: "worker" });
    const { module: kernelModule } = await loadKernel("portable");
    const { store: storeUrl, logLevel } = settings;
    const method = methodOf(settings.learner);
    const learner = startLearner({ storeUrl, store, kernelModule, logLevel, method, thread });
    // The server's modules are loaded while the learner's thread starts.
    const [{ startServer, trainingJobs }, { welcome }] = await Promise.all([
      import("./start_server.ts"),
      import("./serve.ts"),
    ]);
    const jobs = trainingJobs(settings.store), state = loggedState();
    const topics = settings.kafka === "" ? undefined : await openTopics(settings.kafka);
    try {
      const otherWarnings = () => state.warnings;
      const server = await startServer({ ...settings, store, jobs, learner, otherWarnings });
      const { model, metrics } = server;
      const bridge = topics && startBridge({
        ...{ settings, topics, metrics, state, eventLog: store.eventLog },
        answerer: new ModelAnswerer(model),
        onAppended: (events, receivedMs) => model.accepted(events, receivedMs),
      });
      console.log(
        settings.json ? JSON.stringify({ url: server.url }) : welcome(server, settings.keys !== ""),
      );
      const schedule = runTrainingSchedule({
        clock: systemClock,
        eventLog: store.eventLog,
        generations: store.generations,
        jobs,
        everyMinutes: settings.trainEvery,
        triggers: parseTriggers(settings.trainOn),
        lastDrift: () => model.figures?.drifts.at(-1)?.offset,
        onStart: (reason) => logger.info("a training has started: {reason}", { reason }),
        onError: (error) => logger.error("a scheduled training did not start: {error}", { error }),
      }, stopping.signal);
      await stopped;
      await bridge?.stop();
      await Promise.all([schedule, server.stop()]);
    } finally {
      await topics?.close();
      await learner.stop();
      await jobs.close();
      await store.close();
    }
  });
}
