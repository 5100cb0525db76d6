import { describe, it } from "@std/testing/bdd";
import { KafkaTopics } from "../../../src/adapters/kafka/topics.ts";
import { describeTopics } from "../../contracts/topic.ts";
import { KAFKA_URL, skipWithout } from "../../services/test_services.ts";

const skip = skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA");

if (skip !== false) describe("topics: kafka", () => it("keeps the contract", { skip }, () => {}));
else {
  describeTopics("kafka", () => {
    const opened = [new KafkaTopics(KAFKA_URL)];
    return Promise.resolve({
      port: opened[0],
      another: () => {
        opened.push(new KafkaTopics(KAFKA_URL));
        return Promise.resolve(opened.at(-1)!);
      },
      close: async () => {
        await Promise.all(opened.map((topics) => topics.close()));
      },
    });
  });
}
