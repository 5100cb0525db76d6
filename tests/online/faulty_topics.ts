/** Topics in memory whose next calls can be made to fail, for tests. */
import { MemoryTopics } from "../../src/adapters/memory/topics.ts";
import { OutsideFailure } from "../../src/domain/failure.ts";
import type { Clock } from "../../src/ports/clock.ts";
import type { ConsumeOptions, MessageBatch, TopicMessage } from "../../src/ports/topic.ts";

/** Sleeps are over at once, and counted. */
export class HastyClock implements Clock {
  readonly slept: number[] = [];

  nowMs(): number {
    return 1000;
  }

  monotonicMs(): number {
    return this.slept.reduce((sum, ms) => sum + ms, 0);
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

export class FaultyTopics extends MemoryTopics {
  /** How many of the next sends fail. */
  sendFailures = 0;
  /** After so many batches a consumer ends with a failure; one number for each consumer to come. */
  readonly batchesBeforeFailure: number[] = [];

  override async send(topic: string, messages: readonly TopicMessage[]): Promise<void> {
    if (this.sendFailures > 0) {
      this.sendFailures--;
      throw new OutsideFailure("sending: the broker is away");
    }
    await super.send(topic, messages);
  }

  override consume(
    options: ConsumeOptions,
    handle: (batch: MessageBatch) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    let left = this.batchesBeforeFailure.shift() ?? Infinity;
    return super.consume(options, async (batch) => {
      if (left-- === 0) throw new OutsideFailure("reading: the broker is away");
      await handle(batch);
    }, signal);
  }
}
