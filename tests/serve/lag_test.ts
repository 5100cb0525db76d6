import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Lag } from "../../src/serve/lag.ts";

describe("Lag", () => {
  it("is how long the oldest record that is not applied has been known", () => {
    const lag = new Lag();
    assert.equal(lag.lagMs(50), 0);
    lag.ended(10, 100);
    lag.ended(12, 140);
    lag.ended(12, 150);
    assert.equal(lag.lagMs(160), 60);
    lag.applied(10);
    assert.equal(lag.lagMs(160), 20);
    lag.applied(11);
    assert.equal(lag.lagMs(160), 20);
    lag.applied(12);
    assert.equal(lag.lagMs(160), 0);
    lag.ended(12, 170);
    assert.equal(lag.lagMs(180), 0);
  });

  it("is never less than it is, however many ends are remembered", () => {
    const lag = new Lag();
    for (let end = 1; end <= 10_000; end++) lag.ended(end, end);
    assert.equal(lag.lagMs(10_000), 9999);
    for (const applied of [1, 500, 7777, 9999]) {
      lag.applied(applied);
      const least = 10_000 - (applied + 1);
      assert.ok(lag.lagMs(10_000) >= least && lag.lagMs(10_000) < least + 5);
    }
  });
});
