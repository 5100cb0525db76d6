import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { assignPartitions, type TopicPartition } from "../../src/domain/assign_partitions.ts";

function partitionsOf(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

/** "a0 a2" for the partitions 0 and 2 of the topic a. */
function shown(share: readonly TopicPartition[] | undefined): string {
  return (share ?? []).map(({ topic, partition }) => `${topic}${partition}`).join(" ");
}

describe("assignPartitions", () => {
  it("deals them out evenly, whatever the order of the members", () => {
    const topics = ["a"];
    const shares = assignPartitions([{ member: "y", topics }, { member: "x", topics }], partitionsOf("a", 5));
    assert.equal(shown(shares.get("x")), "a0 a2 a4");
    assert.equal(shown(shares.get("y")), "a1 a3");
  });

  it("gives a partition only to who wants its topic", () => {
    const shares = assignPartitions(
      [{ member: "x", topics: ["a"] }, { member: "y", topics: ["a", "b"] }],
      [...partitionsOf("a", 2), ...partitionsOf("b", 1), ...partitionsOf("c", 1)],
    );
    assert.equal(shown(shares.get("x")), "a0");
    assert.equal(shown(shares.get("y")), "a1 b0");
  });

  it("leaves members without a partition where there are more of them", () => {
    const topics = ["a"];
    const shares = assignPartitions(
      ["x", "y", "z"].map((member) => ({ member, topics })),
      partitionsOf("a", 1),
    );
    assert.deepEqual(["x", "y", "z"].map((member) => shares.get(member)!.length), [1, 0, 0]);
    assert.equal(assignPartitions([], partitionsOf("a", 1)).size, 0);
  });
});
