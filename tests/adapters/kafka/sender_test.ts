import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Kafka, ProducerBatch } from "kafkajs";
import { Sender } from "../../../src/adapters/kafka/sender.ts";
import { KafkaTopics } from "../../../src/adapters/kafka/topics.ts";
import { BadInput, OutsideFailure } from "../../../src/domain/failure.ts";
import type { TopicMessage } from "../../../src/ports/topic.ts";
import { freshName, KAFKA_URL, skipWithout } from "../../services/test_services.ts";

const skip = skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA");
const encoder = new TextEncoder();
const message = (text: string): TopicMessage => ({ value: encoder.encode(text) });
const tooLarge = Object.assign(new Error("x"), { name: "KafkaJSProtocolError", type: "MESSAGE_TOO_LARGE" });

/** Stands where the library's client stands: keeps what a request held; `refuse` says which texts a broker refuses. */
function recorder(refuse: (texts: readonly string[]) => Error | undefined = () => undefined) {
  const requests: { topic: string; texts: string[] }[][] = [];
  let running = 0, most = 0, connected = 0;
  const kafka = {
    producer: () => ({
      connect: () => Promise.resolve(void connected++),
      disconnect: () => Promise.resolve(),
      sendBatch: async ({ topicMessages = [], acks }: ProducerBatch) => {
        assert.equal(acks, -1);
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        const request = topicMessages.map(({ topic, messages }) => ({
          topic,
          texts: messages.map(({ value }) => String(value)),
        }));
        const refusal = refuse(request.flatMap(({ texts }) => texts));
        if (refusal !== undefined) throw refusal;
        requests.push(request);
      },
    }),
  } as unknown as Kafka;
  return { sender: new Sender(kafka), requests, mostAtOnce: () => most };
}

describe("the sender", () => {
  it("makes one request of what comes while another is under way, in order", async () => {
    const { sender, requests, mostAtOnce } = recorder();
    const first = sender.send("a", [message("0")]);
    await Promise.resolve().then(() => {}).then(() => {});
    const later = Array.from(
      { length: 50 },
      (_, i) => sender.send(i % 2 === 0 ? "a" : "b", [message(`${i}`)]),
    );
    await Promise.all([first, ...later]);
    assert.equal(requests.length, 2);
    assert.deepEqual(requests[0], [{ topic: "a", texts: ["0"] }]);
    const evens = Array.from({ length: 25 }, (_, i) => `${2 * i}`);
    assert.deepEqual(requests[1].find(({ topic }) => topic === "a")!.texts, evens);
    assert.equal(mostAtOnce(), 1);
    // A call right after the last one was done begins anew.
    await sender.send("a", [message("again")]);
    await sender.send("a", [message("and again")]);
    assert.equal(requests.length, 4);
    await sender.close();
    await assert.rejects(sender.send("a", [message("late")]), BadInput);
  });

  it("cuts what is more than a broker takes at once", async () => {
    const { sender, requests } = recorder();
    const large = "x".repeat(300_000);
    await sender.send("a", Array.from({ length: 7 }, (_, i) => message(`${i}${large}`)));
    assert.deepEqual(requests.map(([{ texts }]) => texts.map((text) => text[0]).join("")), [
      "01",
      "23",
      "45",
      "6",
    ]);
    await sender.send("a", [message("y".repeat(2_000_000)), message("z")]);
    assert.equal(requests.length, 6);
    await sender.close();
  });

  it("lets a message that is too large fail alone", async () => {
    const { sender, requests } = recorder((texts) => texts.includes("huge") ? tooLarge : undefined);
    const outcomes = await Promise.allSettled([
      sender.send("a", [message("1"), message("2")]),
      sender.send("a", [message("3"), message("huge")]),
      sender.send("b", [message("5")]),
    ]);
    assert.deepEqual(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    const { reason } = outcomes[1] as PromiseRejectedResult;
    assert.ok(reason instanceof BadInput);
    assert.match(reason.message, /sending to a: a message of 4 bytes is larger/);
    const sent = requests.flat().flatMap(({ texts }) => texts);
    for (const text of ["1", "2", "5"]) assert.equal(sent.filter((one) => one === text).length, 1, text);
    await sender.send("a", [message("6")]);
    await sender.close();
  });

  it("tells each caller when the broker is away, and tries anew with the next", async () => {
    let isAway = true;
    const { sender } = recorder(() => isAway ? new Error("connect ECONNREFUSED") : undefined);
    const outcomes = await Promise.allSettled([
      sender.send("a", [message("1")]),
      sender.send("b", [message("2")]),
    ]);
    for (const outcome of outcomes) {
      assert.ok((outcome as PromiseRejectedResult).reason instanceof OutsideFailure);
    }
    isAway = false;
    await sender.send("a", [message("3")]);
    await sender.close();
  });

  it("learns from a real broker that a message is too large", { skip }, async () => {
    const topics = new KafkaTopics(KAFKA_URL), topic = freshName("large");
    await topics.create(topic, 1);
    const small = (text: string) => topics.send(topic, [message(text)]);
    const huge = topics.send(topic, [{ value: new Uint8Array(2_000_000) }]);
    const outcomes = await Promise.allSettled([small("a"), huge, small("b"), small("c")]);
    assert.deepEqual(outcomes.map(({ status }) => status), [
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    const { reason } = outcomes[1] as PromiseRejectedResult;
    assert.ok(reason instanceof BadInput);
    assert.match(reason.message, /a message of 2000000 bytes is larger than the broker takes/);
    assert.equal((await topics.places(topic))![0].endOffset, 3);
    await topics.close();
  });
});
