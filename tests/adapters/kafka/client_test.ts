import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { KafkaTopics } from "../../../src/adapters/kafka/topics.ts";
import { OutsideFailure } from "../../../src/domain/failure.ts";
import {
  freshName,
  KAFKA_SASL_URL,
  KAFKA_TLS_URL,
  KAFKA_URL,
  skipWithout,
} from "../../services/test_services.ts";

const ways: [name: string, url: string, variable: string][] = [
  ["in the clear", KAFKA_URL, "FOZ_TEST_KAFKA"],
  ["with a user, PLAIN", KAFKA_SASL_URL, "FOZ_TEST_KAFKA_SASL"],
  ["with a user, SCRAM-SHA-256", withMechanism(KAFKA_SASL_URL), "FOZ_TEST_KAFKA_SASL"],
  ["by TLS with a user, PLAIN", KAFKA_TLS_URL, "FOZ_TEST_KAFKA_TLS"],
  ["by TLS with a user, SCRAM-SHA-256", withMechanism(KAFKA_TLS_URL), "FOZ_TEST_KAFKA_TLS"],
];

function withMechanism(url: string): string {
  return url && `${url}${url.includes("?") ? "&" : "?"}mechanism=scram-sha-256`;
}

describe("a connection to a broker", () => {
  for (const [name, url, variable] of ways) {
    it(`sends and reads ${name}`, { skip: skipWithout(url, variable) }, async () => {
      const topics = new KafkaTopics(url), topic = freshName("way"), abort = new AbortController();
      await topics.create(topic, 1);
      await topics.send(topic, [{ value: Uint8Array.of(7) }]);
      await topics.consume({ topics: [topic], group: topic, from: "beginning" }, async ({ messages }) => {
        assert.deepEqual([...messages[0].value!], [7]);
        abort.abort();
      }, abort.signal);
      await topics.close();
    });
  }

  for (const [name, url, variable] of ways.slice(1)) {
    const wrong = url.replace(/:[^:@/]*@/, ":wrong@");
    it(`says that a password is wrong ${name}`, { skip: skipWithout(url, variable) }, async () => {
      const topics = new KafkaTopics(wrong);
      await assert.rejects(topics.places("t"), (error: Error) => {
        assert.ok(error instanceof OutsideFailure);
        assert.match(
          error.message,
          /^looking at the topic t failed: the broker refuses this user and password/,
        );
        return true;
      });
      await topics.close();
    });
  }

  it("says that nobody is there, whatever is asked", async () => {
    const topics = new KafkaTopics("kafka://127.0.0.1:1", { retries: 1 });
    const message = /failed: .*ECONNREFUSED/i;
    await assert.rejects(topics.send("t", [{ value: Uint8Array.of(1) }]), {
      name: "OutsideFailure",
      message,
    });
    await assert.rejects(topics.places("t"), { name: "OutsideFailure", message });
    await assert.rejects(
      topics.consume(
        { topics: ["t"], group: "g", from: "end" },
        () => Promise.resolve(),
        new AbortController().signal,
      ),
      { name: "OutsideFailure", message },
    );
    await topics.close();
  });
});
