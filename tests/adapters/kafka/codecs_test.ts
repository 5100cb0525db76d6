import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { parseAddress } from "../../../src/adapters/kafka/address.ts";
import { KafkaTopics } from "../../../src/adapters/kafka/topics.ts";
import { partitionOf } from "../../../src/domain/partitioner.ts";
import { freshName, KAFKA_URL, skipWithout } from "../../services/test_services.ts";
import { produceByJava, skipJavaProducer } from "./java_producer.ts";

const skip = skipWithout(KAFKA_URL, "FOZ_TEST_KAFKA") || await skipJavaProducer();
const COUNT = 500, PARTITIONS = 3;

describe("messages of Kafka's Java client", () => {
  for (const compression of ["none", "gzip", "snappy", "lz4", "zstd"]) {
    it(`are read, and lie where we would put them (compression.type ${compression})`, { skip }, async () => {
      const topics = new KafkaTopics(KAFKA_URL), topic = freshName("java");
      await topics.create(topic, PARTITIONS);
      await produceByJava(parseAddress(KAFKA_URL).brokers.join(","), topic, compression, COUNT);
      const values: number[] = [], abort = new AbortController(), decoder = new TextDecoder();
      await topics.consume({ topics: [topic], group: topic, from: "beginning" }, async (batch) => {
        for (const { key, value } of batch.messages) {
          const text = decoder.decode(value);
          assert.equal(decoder.decode(key), `key-${text}`);
          assert.equal(batch.partition, partitionOf(key!, PARTITIONS));
          values.push(Number(text));
        }
        if (values.length >= COUNT) abort.abort();
      }, abort.signal);
      assert.deepEqual(values.sort((a, b) => a - b), Array.from({ length: COUNT }, (_, i) => i));
      await topics.close();
    });
  }
});
