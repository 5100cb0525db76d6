import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { systemClock } from "../../../src/adapters/deno/system_clock.ts";
import { createMetric } from "../../../src/evaluate/running_metrics.ts";
import { ProgressiveValidation } from "../../../src/evaluate/progressive_validation.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { Keys } from "../../../src/serve/keys.ts";
import { makeModel } from "../../online/make_model.ts";
import { labelledStream, sparseStream } from "../../online/random_stream.ts";
import { type PlantedServer, plantedServer } from "../planted_server.ts";

let server: PlantedServer, nowMs: number;
/** A second passes at once where one is waited for. */
const clock: Clock = {
  ...systemClock,
  nowMs: () => nowMs,
  sleep: async (ms, signal) => {
    await systemClock.sleep(ms < 1000 ? ms : 1, signal);
  },
};
beforeEach(async () => {
  nowMs = Date.UTC(2026, 2, 1, 12);
  server = await plantedServer({ clock });
});
afterEach(() => server.stop());

const LINEAR = { model: "scale | linear" };

async function send(
  method: string,
  path: string,
  body?: unknown,
  // deno-lint-ignore no-explicit-any
): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await server.send(method, path, body);
  return { status: response.status, body: await response.json(), headers: response.headers };
}

const kindOf = ({ body }: { body: { type: string } }) => body.type.replace("urn:foz:problem:", "");

describe("/v1/models", () => {
  it("makes a model once, lists it, and deletes it", async () => {
    assert.deepEqual((await send("GET", "/v1/models")).body, { models: [] });
    const made = await send("PUT", "/v1/models/m", { ...LINEAR, detectors: ["adwin"], expireAfterS: 60 });
    assert.equal(made.status, 201);
    assert.equal(made.headers.get("location"), "/v1/models/m");
    assert.deepEqual(made.body, {
      name: "m",
      task: "regression",
      settings: {
        model: "scale | linear",
        ...{ seed: 1, metrics: [], rolling: 0, detectors: ["adwin"], mostOpen: 10_000, expireAfterS: 60 },
      },
      createdAt: "2026-03-01T12:00:00.000Z",
      ...{ learned: 0, predicted: 0, open: 0, givenUp: 0, metrics: {}, drifts: [] },
    });
    assert.equal(
      (await send("PUT", "/v1/models/m", { ...LINEAR, detectors: ["adwin"], expireAfterS: 60 })).status,
      200,
    );
    const other = await send("PUT", "/v1/models/m", LINEAR);
    assert.deepEqual([other.status, kindOf(other)], [409, "model-conflict"]);
    assert.deepEqual((await send("GET", "/v1/models")).body.models, [made.body]);
    assert.deepEqual((await send("DELETE", "/v1/models/m")).body, { name: "m", deleted: true });
    for (const method of ["GET", "DELETE"]) {
      const gone = await send(method, "/v1/models/m");
      assert.deepEqual([gone.status, kindOf(gone)], [404, "unknown-model"]);
    }
  });

  it("predicts, then learns, with figures as progressive validation has them", async () => {
    await send("PUT", "/v1/models/m", LINEAR);
    const metric = createMetric("rmse"),
      validation = new ProgressiveValidation(makeModel("scale | linear"), { metrics: [metric] });
    for (const { features, target } of sparseStream(60, 2)) {
      const { body } = await send("POST", "/v1/models/m/predict", { features });
      assert.equal(body.prediction, validation.observe({ features, target }));
      assert.deepEqual(Object.keys(body), ["name", "prediction"]);
      const { body: learned } = await send("POST", "/v1/models/m/learn", { features, target });
      assert.equal(learned.metrics.rmse, metric.value());
    }
    const { body } = await send("GET", "/v1/models/m");
    assert.deepEqual([body.learned, body.predicted, body.metrics.rmse], [60, 60, metric.value()]);
  });

  it("learns later by id, and measures what was predicted then", async () => {
    await send("PUT", "/v1/models/m", LINEAR);
    for (let a = 0; a < 9; a++) await send("POST", "/v1/models/m/learn", { features: { a }, target: 5 * a });
    const first = await send("POST", "/v1/models/m/predict", { id: "p", features: { a: 4 } });
    assert.equal(first.body.id, "p");
    await send("POST", "/v1/models/m/learn", { features: { a: 4 }, target: 500 });
    assert.deepEqual(
      (await send("POST", "/v1/models/m/predict", { id: "p", features: { a: 4 } })).body,
      first.body,
    );
    const before = (await send("GET", "/v1/models/m")).body;
    assert.equal(before.open, 1);
    const { body } = await send("POST", "/v1/models/m/learn", { id: "p", target: 20 });
    assert.deepEqual([body.accepted, body.learned], [1, 11]);
    const mae = (before.metrics.mae * 10 + Math.abs(20 - first.body.prediction)) / 11;
    assert.ok(Math.abs(body.metrics.mae - mae) < 1e-9);
    const again = await send("POST", "/v1/models/m/learn", { id: "p", target: 20 });
    assert.deepEqual([again.status, kindOf(again)], [404, "unknown-prediction"]);
  });

  it("gives up predictions that are too old or too many", async () => {
    await send("PUT", "/v1/models/m", { ...LINEAR, mostOpen: 2, expireAfterS: 10 });
    for (const id of ["a", "b", "c"]) await send("POST", "/v1/models/m/predict", { id, features: { x: 1 } });
    assert.equal((await send("POST", "/v1/models/m/learn", { id: "a", target: 1 })).status, 404);
    assert.equal((await send("POST", "/v1/models/m/learn", { id: "b", target: 1 })).status, 200);
    nowMs += 10_000;
    assert.equal((await send("POST", "/v1/models/m/learn", { id: "c", target: 1 })).status, 404);
    assert.equal((await send("GET", "/v1/models/m")).body.givenUp, 2);
  });

  it("takes several at once, and says which it refused", async () => {
    await send("PUT", "/v1/models/m", LINEAR);
    const { status, body } = await send("POST", "/v1/models/m/learn", {
      observations: [
        { features: { a: 1 }, target: 1 },
        { features: { a: "text" }, target: 1 },
        { id: "never", target: 1 },
        { features: { a: 2 }, target: 2 },
      ],
    });
    assert.deepEqual([status, body.accepted, body.learned], [200, 2, 2]);
    assert.deepEqual(
      body.refused.map((
        { index, problem }: { index: number; problem: { status: number } },
      ) => [index, problem.status]),
      [
        [1, 422],
        [2, 404],
      ],
    );
  });

  it("classifies, with probabilities, and knows no label before the first", async () => {
    await send("PUT", "/v1/models/c", { model: "scale | logistic", metrics: ["accuracy", "logLoss"] });
    assert.equal((await send("POST", "/v1/models/c/predict", { features: { a: 1 } })).body.prediction, null);
    for (const { features, target } of labelledStream(80, 9)) {
      await send("POST", "/v1/models/c/learn", { features, target });
    }
    const { body } = await send("POST", "/v1/models/c/predict", { features: { a: 1, b: 1, c: 500 } });
    assert.deepEqual(body.probabilities.map(({ label }: { label: string }) => label).sort(), ["down", "up"]);
    const sum = body.probabilities.reduce(
      (total: number, { probability }: { probability: number }) => total + probability,
      0,
    );
    assert.ok(Math.abs(sum - 1) < 1e-12);
    const { metrics, task } = (await send("GET", "/v1/models/c")).body;
    assert.equal(task, "classification");
    assert.deepEqual(Object.keys(metrics), ["accuracy", "logLoss"]);
  });

  it("streams the figures, until the model is gone or the server ends", async () => {
    await send("PUT", "/v1/models/m", LINEAR);
    const response = await server.get("/v1/models/m/stream?count=1");
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const [event, data] = (await response.text()).split("\n");
    assert.equal(event, "event: figures");
    assert.deepEqual(JSON.parse(data.replace("data: ", "")).learned, 0);
    for (const end of [() => send("DELETE", "/v1/models/m"), async () => server.models.close()]) {
      if ((await send("GET", "/v1/models")).body.models.length === 0) {
        await send("PUT", "/v1/models/m", LINEAR);
      }
      const reader = (await server.get("/v1/models/m/stream")).body!.getReader();
      await reader.read();
      await end();
      let last = await reader.read();
      // One message may have been on its way.
      if (!last.done) last = await reader.read();
      assert.equal(last.done, true);
    }
  });

  it("refuses what makes no sense, and nothing is changed", async () => {
    await send("PUT", "/v1/models/m", LINEAR);
    const wrong: [string, string, unknown, number, string][] = [
      ["PUT", "/v1/models/x", { model: "magic" }, 422, "invalid-request"],
      ["PUT", "/v1/models/x", {}, 422, "invalid-request"],
      ["PUT", "/v1/models/x", { ...LINEAR, color: 1 }, 422, "invalid-request"],
      ["PUT", "/v1/models/a%20b", LINEAR, 422, "invalid-request"],
      ["POST", "/v1/models/x/predict", { features: {} }, 404, "unknown-model"],
      ["POST", "/v1/models/m/predict", { features: { a: [1] } }, 422, "invalid-request"],
      ["POST", "/v1/models/m/predict", { features: { a: "text" } }, 422, "invalid-request"],
      ["POST", "/v1/models/m/predict", { features: { a: 1e300 } }, 422, "invalid-request"],
      ["POST", "/v1/models/m/learn", { features: { a: 1 } }, 422, "invalid-request"],
      ["POST", "/v1/models/m/learn", { features: { a: 1 }, id: "x", target: 1 }, 422, "invalid-request"],
      ["POST", "/v1/models/m/learn", { features: { a: 1 }, target: "text" }, 422, "invalid-request"],
      ["POST", "/v1/models/m/learn", { observations: [] }, 422, "invalid-request"],
      ["POST", "/v1/models/m/learn", "no JSON", 400, "malformed-request"],
      ["POST", "/v1/models/m", {}, 405, "method-not-allowed"],
    ];
    for (const [method, path, body, status, kind] of wrong) {
      const answer = await send(method, path, body);
      assert.deepEqual([answer.status, kindOf(answer)], [status, kind], JSON.stringify(answer.body));
    }
    assert.equal((await send("POST", "/v1/models/m", {})).headers.get("allow"), "GET, HEAD, PUT, DELETE");
    assert.equal((await send("GET", "/v1/models/m")).body.learned, 0);
  });

  it("says that a model has diverged", async () => {
    await send("PUT", "/v1/models/m", { model: "linear(learning-rate=1, clip=1e300)" });
    let answer = await send("GET", "/v1/models/m");
    for (let i = 0; i < 200 && answer.status === 200; i++) {
      answer = await send("POST", "/v1/models/m/learn", { features: { a: 1e6 }, target: 1 });
    }
    assert.deepEqual([answer.status, kindOf(answer)], [409, "model-diverged"]);
  });

  it("says that another process holds the models", async () => {
    await send("PUT", "/v1/models/m", LINEAR);
    await server.models.stop();
    for (
      const [method, path, body] of [["GET", "/v1/models"], ["PUT", "/v1/models/m", LINEAR], [
        "GET",
        "/v1/models/m",
      ]] as const
    ) {
      const answer = await send(method, path, body);
      assert.deepEqual([answer.status, kindOf(answer), answer.headers.get("retry-after")], [
        503,
        "models-elsewhere",
        "2",
      ]);
    }
  });

  it("asks for keys: admin makes and deletes, write teaches, read asks", async () => {
    await server.stop();
    const digest = (key: string) => createHash("sha256").update(key).digest("hex");
    const keys = Keys.parse(["read", "write", "admin"].map((scope) => `${scope}:${digest(scope)}`).join(","));
    server = await plantedServer({ clock, app: { keys } });
    const statuses = async (method: string, path: string, body?: unknown) => {
      const all: number[] = [];
      for (const key of ["", "read", "write", "admin"]) {
        const response = await server.send(method, path, body, key === "" ? {} : { "x-api-key": key });
        all.push(response.status);
        await response.body?.cancel();
      }
      return all;
    };
    assert.deepEqual(await statuses("PUT", "/v1/models/m", LINEAR), [401, 403, 403, 201]);
    assert.deepEqual(await statuses("POST", "/v1/models/m/learn", { features: { a: 1 }, target: 1 }), [
      401,
      403,
      200,
      200,
    ]);
    assert.deepEqual(await statuses("POST", "/v1/models/m/predict", { features: { a: 1 } }), [
      401,
      200,
      403,
      200,
    ]);
    assert.deepEqual(await statuses("GET", "/v1/models"), [401, 200, 403, 200]);
    assert.deepEqual(await statuses("DELETE", "/v1/models/m"), [401, 403, 403, 200]);
  });
});
