import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { AppendQueue } from "../../../src/adapters/embedded/append_queue.ts";
import type { Append, Appended } from "../../../src/adapters/embedded/log_backend.ts";

function control(timeMs: number): Append {
  return { kind: "control", timeMs, record: { kind: "generationActivated", generation: "g000001" } };
}

function columns(count: number): Append {
  const words = new Uint32Array(), doubles = new Float64Array();
  return {
    kind: "columns",
    columns: {
      count,
      users: words,
      items: words,
      values: doubles,
      timesMs: doubles,
      keys: words,
      userIds: [],
      itemIds: [],
    },
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Commits that end when the test says so. */
class Commits {
  readonly groups: {
    appends: readonly Append[];
    end: (appended: Appended[]) => void;
    fail: (error: Error) => void;
  }[] = [];

  readonly commit = (appends: readonly Append[]): Promise<Appended[]> =>
    new Promise((end, fail) => this.groups.push({ appends, end, fail }));

  sizes(): number[] {
    return this.groups.map(({ appends }) => appends.length);
  }
}

describe("AppendQueue", () => {
  it("writes together what arrives in one turn, and what arrives while a group is under way", async () => {
    const commits = new Commits(), queue = new AppendQueue(commits.commit, 1);
    const first = [queue.add(control(1)), queue.add(control(2))];
    await turn();
    const second = [queue.add(control(3)), queue.add(control(4))];
    await turn();
    second.push(queue.add(control(5)));
    await turn();
    assert.deepEqual(commits.sizes(), [2]);
    commits.groups[0].end([10, 11]);
    assert.deepEqual(await Promise.all(first), [10, 11]);
    await turn();
    assert.deepEqual(commits.sizes(), [2, 3]);
    commits.groups[1].end([12, 13, 14]);
    assert.deepEqual(await Promise.all(second), [12, 13, 14]);
  });

  it("keeps as many groups under way as it may", async () => {
    const commits = new Commits(), queue = new AppendQueue(commits.commit, 2);
    const all = [];
    for (let i = 0; i < 3; i++) {
      all.push(queue.add(control(i)));
      await turn();
    }
    assert.deepEqual(commits.sizes(), [1, 1]);
    commits.groups[0].end([0]);
    await turn();
    assert.deepEqual(commits.sizes(), [1, 1, 1]);
    commits.groups[1].end([1]), commits.groups[2].end([2]);
    assert.deepEqual(await Promise.all(all), [0, 1, 2]);
  });

  it("does not let a group grow without bound", async () => {
    const commits = new Commits(), queue = new AppendQueue(commits.commit, 9);
    for (let i = 0; i < 5; i++) void queue.add(columns(60_000));
    await turn();
    assert.deepEqual(commits.sizes(), [3, 2]);
  });

  it("fails all of a group, and goes on with the next", async () => {
    const commits = new Commits(), queue = new AppendQueue(commits.commit, 1);
    const failing = [queue.add(control(1)), queue.add(control(2))].map((added) =>
      assert.rejects(added, /disk/)
    );
    await turn();
    const next = queue.add(control(3));
    commits.groups[0].fail(new Error("disk"));
    await Promise.all(failing);
    await turn();
    commits.groups[1].end([7]);
    assert.equal(await next, 7);
  });

  it("drains", async () => {
    const commits = new Commits(), queue = new AppendQueue(commits.commit, 1);
    await queue.drain();
    void queue.add(control(1));
    let isDrained = false;
    const drained = queue.drain().then(() => isDrained = true);
    await turn();
    void queue.add(control(2));
    commits.groups[0].end([0]);
    await turn();
    assert.equal(isDrained, false);
    commits.groups[1].end([1]);
    await drained;
  });
});
