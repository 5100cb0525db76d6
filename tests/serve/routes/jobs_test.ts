import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { type PlantedServer, plantedServer } from "../planted_server.ts";

let server: PlantedServer;
beforeEach(async () => {
  server = await plantedServer();
});
afterEach(() => server.stop());

describe("/v1/jobs", () => {
  it("starts a training, says where it is, how far, and cancels it", async () => {
    const started = await server.send("POST", "/v1/jobs/train", { factors: 8 });
    assert.equal(started.status, 202);
    const location = started.headers.get("location")!;
    const job = await started.json();
    assert.equal(location, `/v1/jobs/${job.jobId}`);
    assert.equal(job.state, "running");
    const endMs = performance.now() + 10_000;
    let now = job;
    while (now.phase === undefined && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      now = await (await server.get(location)).json();
    }
    assert.deepEqual([now.phase, now.progress, now.state], ["read", 0.1, "running"]);
    const cancelled = await server.send("DELETE", location);
    assert.equal(cancelled.status, 200);
    assert.equal((await cancelled.json()).state, "cancelled");
    const after = await (await server.get(location)).json();
    assert.equal(after.state, "cancelled");
    assert.ok(Date.parse(after.endedAt) >= Date.parse(after.startedAt));
  });

  it("runs one training at a time", async () => {
    await server.send("POST", "/v1/jobs/train");
    const second = await server.send("POST", "/v1/jobs/train");
    assert.equal(second.status, 409);
    assert.equal((await second.json()).type, "urn:foz:problem:training-running");
  });

  it("refuses flags that are no matter of training, and values out of range", async () => {
    for (const body of [{ store: "memory:" }, { from: "/etc/passwd" }, { factors: 0 }, [], "x"]) {
      assert.equal(
        (await server.send("POST", "/v1/jobs/train", body)).status,
        body === "x" ? 400 : 422,
        JSON.stringify(body),
      );
    }
    assert.deepEqual(server.jobs.list(), []);
  });

  it("says 404 for a job it does not know", async () => {
    for (const method of ["GET", "DELETE"]) {
      assert.equal((await server.send(method, "/v1/jobs/none")).status, 404);
    }
  });
});
