import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import { quietQueues } from "../../../src/adapters/kafka/quiet_queue.ts";

const logger = { debug: () => {}, warn: () => {} };

interface Queue {
  throttleCheckTimeoutId: unknown;
  throttledUntil: number;
  push(request: unknown): void;
  fulfillRequest(response: unknown): void;
  destroy(): void;
  scheduleRequestTimeoutCheck(): void;
  inflight: Map<number, { sentAt: number }>;
}

function newQueue(): Queue {
  return new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 1000,
    enforceRequestTimeout: true,
    clientId: "c",
    broker: "b",
    logger,
  });
}

function request(correlationId: number, sent: number[]) {
  const entry = { correlationId, resolve: () => {}, reject: () => {}, apiKey: 0, apiVersion: 0, apiName: "" };
  return { entry, expectResponse: true, sendRequest: () => void sent.push(correlationId) };
}

describe("the library's queue of requests", () => {
  it("sets no timer while nothing waits, and goes on when something did", () => {
    quietQueues();
    quietQueues();
    const queue = newQueue(), sent: number[] = [];
    queue.push(request(1, sent));
    queue.fulfillRequest({ correlationId: 1, payload: {}, size: 1 });
    assert.equal(queue.throttleCheckTimeoutId, null);
    queue.push(request(2, sent));
    queue.push(request(3, sent));
    assert.deepEqual(sent, [1, 2]);
    assert.notEqual(queue.throttleCheckTimeoutId, null);
    queue.fulfillRequest({ correlationId: 2, payload: {}, size: 1 });
    assert.deepEqual(sent, [1, 2, 3]);
    queue.destroy();
  });

  it("gives up requests that took too long, and looks for them every other second", async () => {
    quietQueues();
    const queue = newQueue(), given = Promise.withResolvers<unknown>();
    const { entry, ...rest } = request(1, []);
    queue.push({ ...rest, entry: { ...entry, reject: given.resolve } });
    queue.scheduleRequestTimeoutCheck();
    for (const one of queue.inflight.values()) one.sentAt -= 60_000;
    assert.match(String(await given.promise), /timed out/);
    queue.destroy();
  });

  it("looks at all queues with one timer, and with none when none is left", async () => {
    quietQueues();
    const [standing, ended] = [newQueue(), newQueue()], rejected: number[] = [];
    const given = Promise.withResolvers<void>();
    const late = (correlationId: number) => {
      const { entry, ...rest } = request(correlationId, []);
      return { ...rest, entry: { ...entry, reject: () => (rejected.push(correlationId), given.resolve()) } };
    };
    const { setInterval: set, clearInterval: clear } = globalThis, open = new Set<unknown>();
    globalThis.setInterval = ((...args: Parameters<typeof set>) => {
      const id = set(...args);
      open.add(id);
      return id;
    }) as typeof set;
    globalThis.clearInterval = (id) => (open.delete(id), clear(id));
    try {
      for (const [number, queue] of [ended, standing].entries()) {
        queue.push(late(number));
        queue.scheduleRequestTimeoutCheck();
        for (const one of queue.inflight.values()) one.sentAt -= 60_000;
      }
      assert.equal(open.size, 1);
      ended.destroy();
      assert.equal(open.size, 1);
      await given.promise;
      assert.deepEqual(rejected, [1]);
      standing.destroy();
      assert.equal(open.size, 0);
    } finally {
      Object.assign(globalThis, { setInterval: set, clearInterval: clear });
    }
  });

  it("sends what a broker throttled when its time has come", async () => {
    quietQueues();
    const queue = newQueue(), sent: number[] = [];
    queue.throttledUntil = Date.now() + 20;
    queue.push(request(1, sent));
    assert.deepEqual(sent, []);
    while (sent.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    queue.destroy();
  });
});
