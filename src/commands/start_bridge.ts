/** Starts the bridge over an open store. `bridge` and `up` call this. */
import { getLogger } from "@logtape/logtape";
import { systemClock } from "../adapters/deno/system_clock.ts";
import type { Answerer } from "../bridge/answerer.ts";
import { type BridgeNote, BridgeState } from "../bridge/bridge_state.ts";
import { type BridgeNames, runBridge } from "../bridge/run_bridge.ts";
import type { CreatedEvent } from "../ingest/accept_events.ts";
import type { Config } from "../config.ts";
import type { EventLog } from "../ports/event_log.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Topics } from "../ports/topic.ts";

export const BRIDGE_SETTINGS = [
  "kafka",
  "kafkaGroup",
  "kafkaRequests",
  "kafkaRecommendations",
  "kafkaEvents",
] as const;

export type BridgeSettings = Config<(typeof BRIDGE_SETTINGS)[number]>;

export interface StartBridgeOptions {
  readonly settings: BridgeSettings;
  /** Stay the caller's: closed after `stop`. */
  readonly topics: Topics;
  readonly eventLog: EventLog;
  readonly answerer: Answerer;
  readonly onAppended?: (events: readonly CreatedEvent[], receivedMs: number) => void;
  readonly metrics: Metrics;
  readonly state: BridgeState;
}

export interface RunningBridge {
  /** Finishes what is being handled. */
  stop(): Promise<void>;
}

const logger = getLogger(["foz", "bridge"]);

export function bridgeNames(settings: BridgeSettings): BridgeNames {
  const { kafkaRequests, kafkaRecommendations, kafkaEvents, kafkaGroup } = settings;
  return {
    requests: kafkaRequests,
    recommendations: kafkaRecommendations,
    events: kafkaEvents,
    group: kafkaGroup,
  };
}

/** Tells what happens to the log. */
export function loggedState(): BridgeState {
  return new BridgeState(({ what, error }: BridgeNote) => {
    if (error === undefined) logger.info(what);
    else logger.error("{what}{cause}", { what, cause: causeOf(what, error) });
  });
}

/** Unless it has been said already. */
function causeOf(what: string, error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error && !what.includes(cause.message) ? ` (because: ${cause.message})` : "";
}

/** Returns at once; what cannot be reached is tried again until `stop`, and `state` says so. */
export function startBridge(options: StartBridgeOptions): RunningBridge {
  const stopping = new AbortController(), { eventLog, settings, ...parts } = options;
  const door = { log: eventLog, clock: systemClock, newEventId: () => crypto.randomUUID() };
  const running = runBridge(
    { ...parts, names: bridgeNames(settings), door, clock: systemClock },
    stopping.signal,
  );
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
