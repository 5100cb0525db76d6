import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { MemoryMetrics } from "../../src/adapters/memory/metrics.ts";
import { Outbox } from "../../src/bridge/outbox.ts";
import { BadInput, OutsideFailure } from "../../src/domain/failure.ts";
import type { TopicMessage } from "../../src/ports/topic.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Topics whose broker takes messages up to `mostBytes`, headers counted. */
function broker(mostBytes: number) {
  const sent: [string, TopicMessage][] = [];
  const sizeOf = ({ key, value, headers }: TopicMessage) =>
    (key?.length ?? 0) + (value?.length ?? 0) + JSON.stringify(headers ?? {}).length;
  return {
    sent,
    send: async (topic: string, messages: readonly TopicMessage[]) => {
      if (messages.some((message) => sizeOf(message) > mostBytes)) throw new BadInput("too large");
      sent.push(...messages.map((message): [string, TopicMessage] => [topic, message]));
    },
  };
}

const from = (offset: number) => ({ topic: "in", partition: 2, offset });

describe("the outbox", () => {
  it("sends in order, and buries with the original bytes, error and place", async () => {
    const topics = broker(1000), metrics = new MemoryMetrics(), outbox = new Outbox(topics, metrics);
    const received = { key: bytes("k"), value: Uint8Array.of(0xff, 0), headers: { own: "1" } };
    await outbox.send(
      "out",
      ["a", "b"].map((text, i) => ({ message: { value: bytes(text) }, from: from(i), received })),
    );
    await outbox.bury([{ from: from(5), received, error: "no request" }]);
    assert.deepEqual(topics.sent.map(([topic]) => topic), ["out", "out", "in.dead"]);
    assert.deepEqual(topics.sent[2][1], {
      key: received.key,
      value: received.value,
      headers: { own: "1", "foz-error": "no request", "foz-origin": "in-2-5" },
    });
    assert.match(await metrics.expose(), /foz_bridge_dead_total\{topic="in"\} 1/);
    await outbox.send("out", []);
    await outbox.bury([]);
    assert.equal(topics.sent.length, 3);
  });

  it("buries an answer that is too large, and lets the others through", async () => {
    const topics = broker(300), outbox = new Outbox(topics, new MemoryMetrics());
    const received = { key: bytes("k"), value: bytes("the request") };
    const values = ["a", "x".repeat(500), "b"];
    await outbox.send(
      "out",
      values.map((text, i) => ({ message: { value: bytes(text) }, from: from(i), received })),
    );
    assert.deepEqual(topics.sent.map(([topic]) => topic), ["out", "in.dead", "out"]);
    assert.deepEqual(topics.sent[1][1].value, received.value);
    assert.deepEqual(topics.sent[1][1].headers, { "foz-error": "too large", "foz-origin": "in-2-1" });
  });

  it("cuts a letter that its own headers made too large", async () => {
    const topics = broker(300), outbox = new Outbox(topics, new MemoryMetrics());
    const letters = [280, 10].map((size, i) => ({
      from: from(i),
      received: { value: new Uint8Array(size) },
      error: "no",
    }));
    await outbox.bury(letters);
    assert.deepEqual(topics.sent.map(([, { value }]) => value?.length), [undefined, 10]);
    assert.match(topics.sent[0][1].headers!["foz-error"], /^no \(the original, 280 bytes, was too large/);
  });

  it("does not take a broker that is away for a message that is too large", async () => {
    const away = { send: () => Promise.reject(new OutsideFailure("away")) };
    const outbox = new Outbox(away, new MemoryMetrics());
    await assert.rejects(outbox.bury([{ from: from(0), received: {}, error: "no" }]), OutsideFailure);
    await assert.rejects(outbox.send("out", [{ message: {}, from: from(0), received: {} }]), OutsideFailure);
  });
});
