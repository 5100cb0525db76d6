/** Batches into the log, two at a time: while one is made durable, the next is parsed and sent. */
import type { EventLog } from "../ports/event_log.ts";
import type { Batch } from "./row_collector.ts";
import type { Reject } from "./row_sink.ts";

const IN_FLIGHT = 2;

/** What one batch came to. */
export interface Appended {
  readonly created: number;
  readonly duplicates: number;
  readonly conflicts: readonly Reject[];
}

export class BatchAppender {
  readonly #log: EventLog;
  readonly #onAppended: (appended: Appended) => void;
  readonly #inFlight: Promise<Appended>[] = [];

  constructor(log: EventLog, onAppended: (appended: Appended) => void) {
    this.#log = log;
    this.#onAppended = onAppended;
  }

  /** Resolves when there is room for the next one. Throws what the log throws, of this batch or an earlier one. */
  async append(batch: Batch): Promise<void> {
    while (this.#inFlight.length >= IN_FLIGHT) await this.#settleOldest();
    const appended = this.#send(batch);
    // Whoever awaits it later sees the failure; until then it is not unhandled.
    appended.catch(() => {});
    this.#inFlight.push(appended);
  }

  /** Resolves when all are durable. */
  async drain(): Promise<void> {
    while (this.#inFlight.length > 0) await this.#settleOldest();
  }

  /** Resolves when none is under way any more, whatever became of them. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#inFlight.splice(0));
  }

  async #settleOldest(): Promise<void> {
    this.#onAppended(await this.#inFlight.shift()!);
  }

  async #send(batch: Batch): Promise<Appended> {
    if (batch.kind === "columns") {
      const { created, duplicates } = await this.#log.appendColumns(batch.columns);
      return { created, duplicates, conflicts: [] };
    }
    const results = await this.#log.append(batch.events);
    const countOf = (status: string) => results.filter((result) => result.status === status).length;
    const conflicts = results.flatMap(({ status }, i): Reject[] =>
      status === "conflict"
        ? [{ reason: "conflict", field: "eventId", ...batch.places[i], isMore: false }]
        : []
    );
    return { created: countOf("created"), duplicates: countOf("duplicate"), conflicts };
  }
}
