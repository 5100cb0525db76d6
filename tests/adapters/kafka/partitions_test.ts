import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Partitions } from "../../../src/adapters/kafka/partitions.ts";

describe("the partitions of a consumer", () => {
  it("are kept over a rebalance with what was finished, or lost for good", () => {
    const told: string[][] = [];
    const partitions = new Partitions({
      onAssigned: (all) => void told.push(all.map(({ topic, partition }) => `${topic}/${partition}`)),
    }, () => assert.fail("no seek"));
    assert.deepEqual(partitions.assign({ t: [0, 1] }), []);
    const [zero, one] = [0, 1].map((partition) => partitions.of("t", partition)!);
    zero.nextOffset = 7;
    assert.deepEqual(partitions.assign({ t: [0], u: [1] }), [zero]);
    assert.equal(zero.isLost, false);
    assert.equal(one.isLost, true);
    assert.equal(partitions.of("t", 1), undefined);
    partitions.assign({ t: [0, 1] });
    assert.equal(partitions.of("t", 0), zero);
    assert.notEqual(partitions.of("t", 1), one);
    assert.equal(partitions.of("t", 1)!.nextOffset, 0);
    assert.deepEqual(told, [["t/0", "t/1"], ["t/0", "u/1"], ["t/0", "t/1"]]);
  });

  it("begin where the caller says, unless they are lost while it is asked", async () => {
    const sought: string[] = [], answer = Promise.withResolvers<number>();
    const partitions = new Partitions({
      startAt: (_, partition) =>
        partition === 1 ? answer.promise : Promise.resolve(partition === 0 ? 5 : undefined),
    }, (topic, partition, offset) => void sought.push(`${topic}/${partition}@${offset}`));
    partitions.assign({ t: [0, 1, 2] });
    await partitions.of("t", 0)!.ready;
    await partitions.of("t", 2)!.ready;
    assert.equal(partitions.of("t", 0)!.nextOffset, 5);
    const lost = partitions.of("t", 1)!;
    partitions.assign({ t: [0, 2] });
    answer.resolve(9);
    await lost.ready;
    assert.deepEqual(sought, ["t/0@5"]);
  });
});
