/** The log's file for who learns from it while another thread writes it, and tells of what it commits. */
import type { LoggedControl } from "../../domain/event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Database } from "./database.ts";
import type { LogBatch } from "./log_backend.ts";
import { LogFile } from "./log_file.ts";
import { type Commit, NewestEvents } from "./newest_events.ts";

export class FollowedLogFile extends LogFile {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #newest = new NewestEvents();
  /** As it is known here, and when the file was looked at. */
  #end = 0;
  #lookedMs = -Infinity;

  constructor(database: Database, clock: Pick<Clock, "monotonicMs">) {
    super(database);
    this.#clock = clock;
    this.onCommit = (commit) => this.hear(commit);
  }

  /** What somebody committed, in the order of the log. What nobody tells, other processes', is found in the file. */
  hear(commit: Commit): void {
    this.#newest.add(commit);
    this.#end = Math.max(this.#end, commit.end);
  }

  override async end(maxAgeMs = 0): Promise<number> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#lookedMs < maxAgeMs) return this.#end;
    const end = await super.end();
    // Something that was not told, perhaps that a user's events are no more.
    if (end > this.#end) this.#newest.clear();
    this.#lookedMs = nowMs;
    return this.#end = Math.max(this.#end, end);
  }

  override async readBatch(from: number, until: number, batchCount: number): Promise<LogBatch> {
    return this.#newest.batch(from, until, batchCount) ?? await super.readBatch(from, until, batchCount);
  }

  override async readControls(from: number, until: number): Promise<LoggedControl[]> {
    return this.#newest.hasAll(from, until) ? [] : await super.readControls(from, until);
  }
}
