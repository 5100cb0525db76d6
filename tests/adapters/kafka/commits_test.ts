import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { TopicPartitionOffsetAndMetadata } from "kafkajs";
import { Commits } from "../../../src/adapters/kafka/commits.ts";

function recorder() {
  const commits: string[][] = [];
  const state = { failures: 0, lost: "" };
  const consumer = {
    commitOffsets: async (offsets: TopicPartitionOffsetAndMetadata[]) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (state.failures-- > 0) throw new Error("rebalancing");
      commits.push(offsets.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`).sort());
    },
  };
  return { commits, state, queue: new Commits(consumer, ({ topic }) => topic !== state.lost) };
}

describe("commits", () => {
  it("go together, the latest of each partition, one request at a time", async () => {
    const { commits, queue } = recorder();
    for (let offset = 1; offset <= 9; offset++) queue.finish({ topic: "t", partition: 0, offset });
    queue.finish({ topic: "t", partition: 1, offset: 4 });
    await queue.close(1000);
    assert.deepEqual(commits, [["t/0@9", "t/1@4"]]);
  });

  it("are said again after a failure, unless something newer is due", async () => {
    const { commits, state, queue } = recorder();
    state.failures = 1;
    queue.finish({ topic: "t", partition: 0, offset: 1 });
    queue.finish({ topic: "t", partition: 1, offset: 1 });
    await new Promise((resolve) => setTimeout(resolve, 0));
    queue.finish({ topic: "t", partition: 0, offset: 2 });
    await queue.close(5000);
    assert.deepEqual(commits, [["t/0@2", "t/1@1"]]);
  });

  it("say nothing of a partition that is somebody else's now", async () => {
    const { commits, state, queue } = recorder();
    state.lost = "gone";
    queue.finish({ topic: "gone", partition: 0, offset: 1 });
    await queue.close(1000);
    assert.deepEqual(commits, []);
  });

  it("do not hold up the end for ever", async () => {
    const { state, queue } = recorder();
    state.failures = Infinity;
    queue.finish({ topic: "t", partition: 0, offset: 1 });
    await queue.close(20);
    // The pause of the last attempt.
    await new Promise((resolve) => setTimeout(resolve, 250));
  });
});
