import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Lanes } from "../../../src/adapters/mongodb/lanes.ts";

const later = () => new Promise<void>((resolve) => setTimeout(resolve, 1));

describe("Lanes", () => {
  it("runs as many at once as it has, and no more", async () => {
    const lanes = new Lanes(3);
    let running = 0, most = 0, done = 0;
    for (let i = 0; i < 20; i++) {
      await lanes.add(async () => {
        most = Math.max(most, ++running);
        await later();
        running--, done++;
      });
    }
    await lanes.settle();
    lanes.check();
    assert.deepEqual([most, done, running], [3, 20, 0]);
  });

  it("starts nothing more after a failure, and throws the first", async () => {
    const lanes = new Lanes(1);
    let started = 0;
    const add = (error?: string) =>
      lanes.add(async () => {
        started++;
        await later();
        if (error !== undefined) throw new Error(error);
      });
    await add("first");
    await assert.rejects(add("second"), /first/);
    await lanes.settle();
    assert.throws(() => lanes.check(), /first/);
    assert.equal(started, 1);
  });
});
