/** A stream of observations that is followed, and whose places can be gone on from: a topic, or the log. */
import type { BadInput } from "../../domain/failure.ts";
import type { Observation } from "../../domain/observation.ts";
import type { TopicMessage } from "../../ports/topic.ts";

/** What stands at a place: an observation, or why it could not be read. */
export interface FeedRecord {
  readonly offset: number;
  readonly read:
    | { readonly observation: Observation; readonly refusal?: undefined }
    | { readonly observation?: undefined; readonly refusal: BadInput };
  /** As it came; absent where the stream is no topic. */
  readonly message?: TopicMessage;
}

/** Consecutive records of one partition; a log has partition 0. */
export interface FeedBatch {
  readonly partition: number;
  readonly records: readonly FeedRecord[];
}

export interface FollowOptions {
  /** Where to begin in a partition; undefined: where the feed begins. */
  readonly positionOf: (partition: number) => number | undefined;
  /** Ends at what was the stream's end when it was called. Else it goes on until the signal. */
  readonly untilEnd: boolean;
}

export interface ObservationFeed {
  /** The topic's name, or "log". */
  readonly name: string;
  /**
   * Gives batches one after the other (of several partitions in any order), the next when the handler is done; rejects with
   * what it threw. After an outside failure it begins again at `positionOf`.
   */
  follow(
    options: FollowOptions,
    handle: (batch: FeedBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}
