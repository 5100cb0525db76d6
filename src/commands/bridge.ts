/** `foz bridge`: topics in, topics out, as a process of its own. */
import { Command, InvalidArgumentError, Option } from "commander";
import { getLogger } from "@logtape/logtape";
import { PromMetrics } from "../adapters/deno/metrics.ts";
import { systemClock } from "../adapters/deno/system_clock.ts";
import type { Answerer } from "../bridge/answerer.ts";
import { ModelAnswerer } from "../bridge/model_answerer.ts";
import { StoredAnswerer } from "../bridge/stored_answerer.ts";
import type { CreatedEvent } from "../ingest/accept_events.ts";
import type { Metrics } from "../ports/metrics.ts";
import { ServingModel } from "../serve/serving_model.ts";
import { serveHealth } from "./bridge_health.ts";
import { loadKernel } from "./kernel_builds.ts";
import { storedLearner } from "./learner_connection.ts";
import { startLogging } from "./logging.ts";
import { openStore, type Store } from "./open_store.ts";
import { openTopics } from "./open_topics.ts";
import { PollPace } from "./poll_pace.ts";
import { addSettings, readSettings } from "./settings.ts";
import { BRIDGE_SETTINGS, loggedState, startBridge } from "./start_bridge.ts";
import { stopSignal } from "./stop_signal.ts";

const SETTINGS = ["store", ...BRIDGE_SETTINGS, "logLevel", "json"] as const;

const EXAMPLES = `
Examples:
  foz bridge --kafka kafka://127.0.0.1:9092
  foz bridge --kafka kafka://broker:9092 --store mongodb://db/foz --answers store
  echo 42 | tr -d '\\n' | kcat -P -b 127.0.0.1:9092 -t foz.requests      a user id in, a list out on foz.recommendations

Several bridges with the same --kafka-group share the partitions. Requests are answered from a model that this process holds and
that follows the store, or from the lists that a training stored. \`foz up --kafka URL\` has a bridge in it. Ctrl-C finishes what is
being handled.`;

interface BridgeFlags {
  readonly answers: "model" | "store";
  readonly healthPort?: number;
}

const logger = getLogger(["foz", "bridge"]);

/** The command. It runs until a signal. */
export function bridgeCommand(): Command {
  const command = new Command("bridge").description("requests and events of Kafka topics, answers to another")
    .addOption(
      new Option("--answers <from>", "the live model, or the lists in the store").choices(["model", "store"])
        .default("model"),
    )
    .option("--health-port <port>", "answer /livez, /readyz and /metrics there, on every address", portNumber)
    .addHelpText("after", EXAMPLES);
  addSettings(command, SETTINGS);
  return command.action(async ({ answers, healthPort }: BridgeFlags) => {
    const settings = readSettings(command, SETTINGS), stopped = stopSignal();
    await startLogging(settings.logLevel);
    const topics = await openTopics(settings.kafka);
    // Events that come by the topic are known at once; the rest is looked for, and a bridge with nothing to do takes next to nothing.
    const pace = new PollPace(systemClock);
    const store = await openStore(settings.store, { logThread: "worker", feedPollMs: pace.pollMs });
    const metrics = new PromMetrics(), state = loggedState();
    try {
      const source = await openAnswerer(answers, store, metrics, pace);
      const options = { ...source, settings, topics, metrics, state, eventLog: store.eventLog };
      const bridge = startBridge(options);
      const health = healthPort === undefined ? undefined : serveHealth(healthPort, state, metrics);
      const { kafkaRequests, kafkaRecommendations, kafkaEvents } = settings;
      console.log(
        settings.json
          ? JSON.stringify({ bridge: settings.kafkaGroup, health: health?.url })
          : `Bridge: ${kafkaRequests} is answered to ${kafkaRecommendations}, ${kafkaEvents} goes into the log. Ctrl-C stops.`,
      );
      await stopped;
      await bridge.stop();
      await health?.stop();
      await source.close();
    } finally {
      await topics.close();
      await store.close();
    }
  });
}

interface AnswerSource {
  readonly answerer: Answerer;
  readonly onAppended?: (events: readonly CreatedEvent[], receivedMs: number) => void;
  close(): Promise<void>;
}

async function openAnswerer(
  answers: BridgeFlags["answers"],
  store: Store,
  metrics: Metrics,
  pace: PollPace,
): Promise<AnswerSource> {
  if (answers === "store") {
    return { answerer: new StoredAnswerer({ ...store, clock: systemClock }), close: () => Promise.resolve() };
  }
  const { module: kernelModule } = await loadKernel("portable"), learner = storedLearner(store);
  const model = new ServingModel({
    ...store,
    ...{ kernelModule, metrics, clock: systemClock, learner: learner.link, pollMs: pace.pollMs },
    onNote: ({ what, generation, error }) => {
      if (error === undefined) logger.info(`${what}: {generation}`, { generation });
      else logger.error(`${what}: {error}`, { generation, error });
    },
  });
  learner.listen(model);
  await model.start();
  const answerer = new ModelAnswerer(model);
  return {
    answerer: {
      answer: (wishes) => (pace.busy(), answerer.answer(wishes)),
      waitFor: (offset, waitMs) => answerer.waitFor(offset, waitMs),
    },
    onAppended: (events, receivedMs) => (pace.busy(), model.accepted(events, receivedMs)),
    close: () => model.stop(),
  };
}

function portNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65535 && text.trim() !== "") return value;
  throw new InvalidArgumentError("accepted is a port from 0 (a free one) to 65535");
}
