/** How the bridge is: for readiness, logs and metrics. */
import type { Metrics } from "../ports/metrics.ts";

/** For the log. `error` is there where something failed. */
export interface BridgeNote {
  readonly what: string;
  readonly error?: unknown;
}

export type BridgePart = "topics" | "requests" | "events";

export class BridgeState {
  readonly #onNote: (note: BridgeNote) => void;
  readonly #problems = new Map<BridgePart, string>();
  readonly #assigned = new Map<BridgePart, number>();

  constructor(onNote: (note: BridgeNote) => void) {
    this.#onNote = onNote;
  }

  /** What is wrong now, in words. */
  get warnings(): readonly string[] {
    return [...this.#problems.values()];
  }

  /** Whether every part that was started reads, and nothing is wrong. */
  isReady(parts: readonly BridgePart[]): boolean {
    return this.#problems.size === 0 && parts.every((part) => this.#assigned.has(part));
  }

  /** A problem that lasts is told once. */
  failed(part: BridgePart, what: string, error?: unknown): void {
    const isNew = this.#problems.get(part) !== what;
    this.#problems.set(part, what);
    if (isNew) this.#onNote({ what, error });
  }

  works(part: BridgePart): void {
    if (this.#problems.delete(part)) this.#onNote({ what: `the bridge's ${part} work again` });
  }

  reads(part: BridgePart, topic: string, partitionCount: number): void {
    if (this.#assigned.get(part) === partitionCount) return;
    this.#assigned.set(part, partitionCount);
    this.#onNote({ what: `the bridge reads ${partitionCount} partitions of ${topic}` });
  }
}

const LABELS = new Map<string, { topic: string }>();

/** Messages of the topic that the group has not finished. */
export function setLag(metrics: Metrics, topic: string, messages: number): void {
  let labels = LABELS.get(topic);
  if (labels === undefined) LABELS.set(topic, labels = { topic });
  metrics.set("foz_bridge_lag_messages", messages, labels);
}
