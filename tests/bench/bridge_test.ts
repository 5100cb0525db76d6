import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { KAFKA_URL, MONGODB_URL, skipWithout } from "../services/test_services.ts";
import { benchBridge, quantile } from "./bridge.ts";
import { cpuSecondsOf } from "./bridge/bridge_process.ts";

describe("bench:bridge", () => {
  it("measures everything on tiny input", { skip: skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") }, async () => {
    const settings = { tiny: true, threads: 1, dataFolder: "/nowhere", spark: false };
    const figures = await benchBridge({ ...settings, kafka: KAFKA_URL, mongodb: MONGODB_URL });
    assert.equal(figures.length, MONGODB_URL === "" ? 7 : 10);
    for (const { work, unit, value } of figures) assert.ok(unit === "%" || value.median > 0, work);
  });

  it("takes quantiles by rank, and the time of a process", () => {
    const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
    assert.deepEqual([quantile(samples, 0.5), quantile(samples, 0.99), quantile([7], 0.99)], [51, 100, 7]);
    const seconds = cpuSecondsOf("self");
    assert.ok(Number.isNaN(seconds) || seconds > 0);
  });
});
