import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { CheckpointPolicy } from "../../src/stream/checkpoint_policy.ts";

const OPTIONS = { recordCount: 100, intervalMs: 1000, keep: 2, historyCount: 1e9 };

describe("CheckpointPolicy", () => {
  it("is due after so many records, counted from the last checkpoint", () => {
    const policy = new CheckpointPolicy(OPTIONS, 50, 0);
    assert.equal(policy.isDue(149, 0), false);
    assert.equal(policy.isDue(150, 0), true);
    policy.written(150, 0);
    assert.equal(policy.isDue(249, 0), false);
    assert.equal(policy.isDue(250, 0), true);
  });

  it("is due after a time, but only when there is something new", () => {
    const policy = new CheckpointPolicy(OPTIONS, 50, 7000);
    assert.equal(policy.isDue(50, 1e9), false);
    assert.equal(policy.isDue(51, 7999), false);
    assert.equal(policy.isDue(51, 8000), true);
    policy.written(51, 8500);
    assert.equal(policy.isDue(51, 1e9), false);
    assert.equal(policy.isDue(52, 9499), false);
    assert.equal(policy.isDue(52, 9500), true);
  });

  it("stays due until one was written", () => {
    const policy = new CheckpointPolicy(OPTIONS, 0, 0);
    for (let look = 0; look < 3; look++) assert.equal(policy.isDue(100 + look, 10), true);
  });

  it("is worth leaving behind if none was written, or the tail since then takes time to replay", () => {
    const policy = new CheckpointPolicy(OPTIONS, 50, 0);
    assert.equal(policy.isWorth(50), true);
    policy.written(60, 0);
    assert.deepEqual([60, 61, 63, 64, 1000].map((offset) => policy.isWorth(offset)), [
      ...[false, false, false],
      ...[true, true],
    ]);
  });

  it("counts from the newest, also when an older one is reported late", () => {
    const policy = new CheckpointPolicy(OPTIONS, 0, 0);
    policy.written(300, 0);
    policy.written(200, 0);
    assert.equal(policy.isDue(399, 0), false);
    assert.equal(policy.isDue(400, 0), true);
  });

  it("refuses settings under which none would ever be written or kept", () => {
    for (const change of [{ recordCount: 0 }, { intervalMs: 0 }, { keep: 0 }, { recordCount: NaN }]) {
      assert.throws(() => new CheckpointPolicy({ ...OPTIONS, ...change }, 0, 0), RangeError);
    }
  });

  it("asks for a copy of histories after so many records, and after an eighth of what they hold", () => {
    const policy = new CheckpointPolicy({ ...OPTIONS, historyCount: 1000 }, 0, 0, true, 500);
    assert.deepEqual([1499, 1500].map((offset) => policy.isCopyDue(offset, 8000)), [false, true]);
    assert.deepEqual([2499, 2500].map((offset) => policy.isCopyDue(offset, 16_000)), [false, true]);
    policy.copied(2500);
    assert.deepEqual([3499, 3500].map((offset) => policy.isCopyDue(offset, 0)), [false, true]);
    policy.copied(0);
    assert.equal(policy.isCopyDue(1000, 0), true);
  });
});
