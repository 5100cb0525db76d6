import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../../src/adapters/memory/metrics.ts";
import { checkMetrics } from "../../contracts/metrics.ts";

checkMetrics("MemoryMetrics", () => new MemoryMetrics());

describe("MemoryMetrics", () => {
  it("writes labels in one order, whatever the order they came in", async () => {
    const metrics = new MemoryMetrics();
    metrics.increment("n_total", { b: "1", a: "2" });
    metrics.increment("n_total", { a: "2", b: "1" });
    assert.match(await metrics.expose(), /^n_total\{a="2",b="1"\} 2$/m);
  });
});
