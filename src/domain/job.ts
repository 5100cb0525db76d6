/** Long work that was asked for over HTTP. */
export interface Job {
  readonly jobId: string;
  readonly kind: "train";
  readonly state: "running" | "done" | "failed" | "cancelled";
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** 0 to 1, as far as it is known. */
  readonly progress?: number;
  readonly phase?: string;
  /** What `foz train --json` prints at its end. */
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}
